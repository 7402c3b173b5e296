"""The sentences with which the index answers its question: one a study, on the rung that its checks allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.reference.indicators import find_indicator
from analysis.reporting.site_layers import PORTAL_USE, Words, value_of
from analysis.reporting.texts import load_texts

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.study_panel import StudyPanel


def answer_sentences(answers: Sequence[tuple[StudyPanel, StudyAnswer]], words: Words) -> list[str]:
    """Return a sentence a study, in the order given: effect in percentage points with its interval, and what on."""
    return [_sentence(panel, answer, words) for panel, answer in answers]


def answer_headline(answers: Sequence[tuple[StudyPanel, StudyAnswer]], words: Words) -> str:
    """Return the leading answer as one short sentence, or the question where there is none."""
    if not answers:
        return words.say("page", "heading")
    answer = answers[0][1]
    size = answer.effect.estimate * (answer.points_per_unit or 1.0)
    return words.say(
        "answer",
        f"headline_{answer.rung}",
        label=_label(answer.outcome, words),
        size=words.number(abs(size), 1),
        higher=words.say("answer", "higher" if size >= 0 else "lower"),
    )


def answer_picture(answers: Sequence[tuple[StudyPanel, StudyAnswer]], words: Words) -> dict[str, Any] | None:
    """Return the leading answer as data for a picture: how the means of those with targets and of the others changed.

    Changes are counted from each group's mean before the first targets, so that what is seen is what is compared. Only
    periods are drawn in which both groups have figures.
    """
    if not answers:
        return None
    panel, answer = answers[0]
    rows = panel.rows.dropna(subset=["outcome"])
    treated = rows["province_code"].isin(panel.treated)
    values = rows["outcome"].map(lambda value: value_of(answer.outcome, float(value)))
    means = values.groupby([treated, rows["period"]]).mean().unstack(0).dropna()
    periods = [str(period) for period in means.index]
    first = min((start.period for start in panel.starts if start.province_code in panel.treated), default="")
    place = next((n for n, period in enumerate(periods) if first and period >= first), len(periods))
    changes = means - means.iloc[: max(place, 1)].mean()
    ends = {own: words.number(float(changes[own].iloc[-1]), 1, signed=True) for own in (True, False)}
    series = [
        {
            "values": [float(value) for value in changes[own]],
            "text": [{"text": ends[own]}],
            "label": [
                {"text": words.say("answer", name, n=rows.loc[treated == own, "province_code"].nunique())}
            ],
            "own": own,
        }
        for own, name in ((True, "with_targets"), (False, "without_targets"))
    ]
    label = _label(answer.outcome, words)
    label = label[0].upper() + label[1:]
    said = {"own": ends[True], "other": ends[False], "last": words.period(periods[-1])}
    picture: dict[str, Any] = {
        "kind": "lines",
        "alt": words.say("answer", "alt", label=label, **said),
        "caption": words.say("page", "picture", label=label),
        "series": series,
        "ends": [[{"text": words.period(period)}] for period in (periods[0], periods[-1])],
    }
    if place < len(periods):
        picture["start"] = {"place": place, "label": [{"text": words.say("answer", "start")}]}
    return picture


def _sentence(panel: StudyPanel, answer: StudyAnswer, words: Words) -> str:
    effect, factor = answer.effect, answer.points_per_unit or 1.0
    size = effect.estimate * factor
    known = len(panel.starts) + len(panel.too_early) + len(panel.absent)
    parts = {
        "label": _label(answer.outcome, words),
        "which": words.say(
            "answer", f"which_{'of' if known > answer.n_treated else 'all'}", n=answer.n_treated, known=known
        ),
        "setters": words.say("answer", f"setters_{_known_from(panel)}"),
        "size": words.number(abs(size), 1),
        "effect": words.number(size, 1, signed=True),
        "higher": words.say("answer", "higher" if size >= 0 else "lower"),
        "interval": words.say("answer", "no_interval"),
        "basis": _basis(answer, words),
    }
    if effect.conf_low is not None and effect.conf_high is not None:
        low, high = sorted((effect.conf_low * factor, effect.conf_high * factor))
        parts["interval"] = words.say(
            "answer",
            "interval",
            level=words.number(100 * effect.conf_level, 0),
            low=words.number(low, 1, signed=True),
            high=words.number(high, 1, signed=True),
        )
    return words.say("answer", answer.rung, **parts)


def _known_from(panel: StudyPanel) -> str:
    """Return `press` where the press states the decision of each treated province, else `known`."""
    sayers = [start.stated_by for start in panel.starts if start.province_code in panel.treated]
    return "press" if all(who == "press" for who in sayers) else "known"


def _label(outcome: str, words: Words) -> str:
    """Return the outcome's name inside a sentence: of an administrative figure the one the briefs use."""
    labels: dict[str, str] = load_texts("brief", words.language)["panel"]["labels"]
    line = find_indicator(outcome)
    own = (
        words.say("answer", "survey_label")
        if outcome == PORTAL_USE
        else getattr(line, f"name_{words.language}")
    )
    return labels.get(outcome, str(own))


def _basis(answer: StudyAnswer, words: Words) -> str:
    """Say what the answer rests on: residents' answers, or figures of the provinces of one map, between two periods."""
    key = "basis_survey" if answer.outcome == PORTAL_USE else f"basis_{answer.frame}"
    return words.say("answer", key, first=words.period(answer.first), last=words.period(answer.last))
