"""Which method answers a panel's question and why, what the others say, and what its checks found, in words."""

from __future__ import annotations

from analysis.reporting.panel_words import PanelWords
from analysis.reporting.place_names import shown_names
from analysis.reporting.prose import Span


def method_words(words: PanelWords) -> str:
    """Return the clause that names the method that answers and the design that calls for it."""
    answer, texts = words.findings.answer, words.texts["why"]
    assert answer is not None
    key = "logit" if _on_logits(words) else _family(answer.headline)
    return str(texts.get(key, texts["other"])).replace("{name}", _name(words, answer.headline))


def others_words(words: PanelWords, names: list[str]) -> str:
    """Return what these other methods give, as a piece of template; empty where there are none."""
    places = {name: number for number, name in enumerate(words.findings.others())}
    pieces = []
    for name in names:
        bare = not words.has(f"other{places[name]}_low", f"other{places[name]}_high")
        template = str(words.texts["methods"]["gives_bare" if bare else "gives"])
        pieces.append(template.format(name=_name(words, name), n=places[name]))
    return "; ".join(pieces)


def method_rows(words: PanelWords) -> list[list[Span]]:
    """Say in one paragraph what was done."""
    answer, texts = words.findings.answer, words.texts["method"]
    assert answer is not None
    family, inference = _family(answer.headline), answer.effect.inference
    how = str(texts.get(family, "")).replace("{logit}", texts["logit"] if _on_logits(words) else "")
    drawn = "permutation" in inference or "randomi" in inference
    return [
        words.spans(
            "method",
            "text",
            how=how,
            anticipation=texts["anticipation"] if words.findings.panel.anticipation else "",
            inference=texts["permutation"] if drawn else texts["other"].replace("{name}", inference),
            status=texts["planned" if words.findings.planned else "exploratory"],
        )
    ]


def _sets(words: PanelWords) -> str:
    """Say how the provinces that decided stand to all known to have, where these are more, and to the survey's."""
    texts, apart = words.texts["method"], _apart(words)
    same = words.value("n_decided") == words.writer.ledger_value("n_treated")
    if words.findings.panel.study.frame != "63" or (not apart and same):
        return ""
    parts = [texts["sets_judged"], *(texts[f"sets_{name}"] for name in apart)]
    return str(texts["sets"]).replace("{parts}", ", ".join(map(str, parts)))


def sets_apart(words: PanelWords) -> str:
    """Say why decisions that are known are not judged: too early, after the last figure, without figures."""
    return ", ".join(str(words.texts["method"][f"sets_{name}"]) for name in _apart(words))


def _apart(words: PanelWords) -> list[str]:
    return [name for name in ("early", "later", "absent") if words.value(f"n_{name}")]


def _base(words: PanelWords) -> str:
    """Say where another method compares with other periods than the one that answers, and what vague dates do."""
    texts, other = words.texts["sure"], "callaway-santanna"
    if other not in words.findings.others() or not words.findings.panel.anticipation:
        return ""
    return str(texts["base"]).replace("{vague}", texts["base_vague"] if words.value("n_vague") else "")


def sure_rows(words: PanelWords) -> list[list[Span]]:
    """Say who decided, what the checks found, and what other methods give."""
    answer, texts = words.findings.answer, words.texts["method"]
    assert answer is not None
    known = _sets(words) + (str(texts["vague"]) if words.value("n_vague") else "")
    rows = [words.write(known.strip())] if known else []
    if answer.checks:
        rows.append(words.spans("sure", "checks", results=_checks(words)))
    methods = others_words(words, list(words.findings.others()))
    if methods:
        rows.append(words.spans("sure", "others", methods=methods, base=_base(words)))
    return rows


def limits_of_answer(words: PanelWords) -> list[list[Span]]:
    """Say what doubtful provinces and a placebo outcome give, and which figures are missing or left out."""
    panel, rows = words.findings.panel, []
    for name in ("without", "placebo"):
        if words.has(name, f"{name}_low", f"{name}_high"):
            rows.append(words.spans("sure", name))
    if len(panel.gaps):
        rows.append(words.spans("sure", "gaps"))
    for key, starts in (("excluded", panel.too_early), ("absent", panel.absent)):
        if starts and panel.study.frame == "63":
            names = shown_names((start.province_code for start in starts), words.writer.language)
            rows.append(words.spans("sure", key, names=names))
    return rows


def _checks(words: PanelWords) -> str:
    """Write what the checks found, with semicolons between them: those that failed, that were not made, that passed."""
    answer, texts, named = words.findings.answer, words.texts["sure"], words.texts["check_names"]
    assert answer is not None
    failed, unmade, told_by, passed = list[str](), list[str](), list[str](), list[str]()
    for check in answer.checks:
        name = str(named.get(check.name, check.name))
        if check.passed is None:
            unmade.append(str(texts["check_open"]).replace("{name}", name))
        elif check.passed and check.name in words.texts["told"]:
            told_by.append(str(words.texts["told"][check.name]))
        elif check.passed:
            passed.append(f"“{name}”")
        else:
            told = words.texts["checks"]
            failed.append(str(texts["check_failed"]).replace("{words}", told.get(check.name, told["other"])))
    found = [*failed, *unmade, *told_by]
    if passed:
        joined = words.writer.join(list(dict.fromkeys(passed)), "and") if len(set(passed)) > 1 else passed[0]
        found.append(str(texts["check_passed"]).replace("{names}", joined))
    return "; ".join(dict.fromkeys(found))


def _on_logits(words: PanelWords) -> bool:
    """Tell whether the method that answers fitted logits: by its name, or by what it says of itself."""
    answer = words.findings.answer
    assert answer is not None
    return "logit" in answer.headline or any("logit scale" in note for note in answer.effect.notes)


def _family(method: str) -> str:
    return "imputation" if method.startswith("imputation") else method


def _name(words: PanelWords, method: str) -> str:
    """Return a method's name; imputation beside imputation on logits is the one in points."""
    texts, answer = words.texts["methods"], words.findings.answer
    assert answer is not None
    notes = answer.estimates[method].notes
    if _family(method) == "imputation":
        logit = "logit" in method or any("logit scale" in note for note in notes)
        return str(
            texts["imputation-logit"] if logit else texts["points" if _on_logits(words) else "imputation"]
        )
    return str(texts.get(method, method))
