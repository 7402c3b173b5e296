"""What the survey's numbers allow to be said: drift before, gaps after, the control, one province beside the rest."""

from __future__ import annotations

from analysis.answers.study_answer import choose_rung
from analysis.reference.provinces import provinces
from analysis.reporting.brief_writer import Writer
from analysis.reporting.prose import Span

CLEAR_P = 0.05
LEVEL_SHARE = 0.5  # of the difference reported: groups that lie closer than that stand almost level
# One province beside the rest, by the share of provinces that lie as far from their mean as it does.
RISES = ((0.5, "rise_near"), (0.1, "rise_within"), (0.0, "rise_far"))
# How a drift compares with the difference reported: from this ratio on, these words.
TIMES = (
    (0.9, "times_as_much"),
    (1.1, "times_more"),
    (1.6, "times_nearly_twice"),
    (2.0, "times_twice"),
    (2.2, "times_more_than_twice"),
)


def pre_period_words(writer: Writer) -> list[Span]:
    """Say how the difference stands to chance, and whether the groups drifted apart in years counted as before."""
    trend = [check for check in writer.evidence.events.checks if check.name == "pre-trend"]
    if (trend and trend[0].passed) or "drift_pp" not in writer.ledger.entries:
        return writer.spans("sure", "survey_p_flat", chance=_chance(writer), pre_years=_pre_years(writer))
    texts = writer.texts["sure"]
    down = drift_of_named(writer) < 0
    closing = down == (writer.ledger_value("did_pp") > 0)
    so = texts["so_all" if _ratio(writer) >= TIMES[0][0] else "so_part"]
    return writer.spans(
        "sure",
        "survey_p",
        chance=_chance(writer),
        lost=texts["lost" if down else "gained"],
        times=texts[times_key(_ratio(writer))],
        level=_level(writer),
        so=so.replace("{closing}", texts["closing"] if closing else ""),
    )


def _chance(writer: Writer) -> str:
    """Say how often chance makes a plain difference as large, and what p and interval compare instead."""
    texts, inference = writer.texts["sure"], writer.evidence.effect.inference
    if "plain_p_pct" not in writer.ledger.entries:
        return str(texts["chance_other"])
    same = inference == "permutation"
    return str(texts["chance_count"] + texts["chance_same" if same else "chance_studentised"]) + _within(
        writer
    )


def _within(writer: Writer) -> str:
    """Say what is found when only provinces of one region are compared, where those that decided lie together."""
    if "within_low_pp" not in writer.ledger.entries or "within_high_pp" not in writer.ledger.entries:
        return ""
    english = writer.evidence.fullest_region[2]
    place = next(place for place in provinces() if place.region_en == english)
    region = place.region_vi if writer.language == "vi" else english
    return str(writer.texts["sure"]["within"]).replace("{region}", region)


def times_key(ratio: float) -> str:
    """Return the name of the words for a drift that is so many times the difference reported."""
    return next((key for floor, key in reversed(TIMES) if ratio >= floor), "times_less")


def control_words(writer: Writer) -> list[Span]:
    """Say what the negative control shows; one whose noise exceeds the difference it guards is weak."""
    if (writer.evidence.control.p_value or 0) <= CLEAR_P:
        kind = "fail"
    else:
        weak = _control_noise(writer) > writer.ledger_value("did_abs_pp")
        kind = "weak" if weak else "pass"
    texts = writer.texts["sure"]
    return writer.spans(
        "sure", "control", name=texts[f"control_name_{kind}"], verdict=texts[f"control_{kind}"]
    )


def rise_words(writer: Writer) -> list[Span]:
    """Set the province's own rise beside those of the provinces not named; empty where it has no rise."""
    if "own_rise_pp" not in writer.ledger.entries:
        return []
    texts = writer.texts["survey"]
    gaps = any(name.startswith("own_gap_") for name in writer.ledger.entries)
    own, others = (
        texts["moved_up" if writer.ledger_value(f"{who}_rise_pp") >= 0 else "moved_down"].replace(
            "{who}", who
        )
        for who in ("own", "others")
    )
    return writer.spans(
        "survey",
        "rise",
        other="" if writer.evidence.status == "set" else texts["other"],
        own_moved=own,
        others_moved=others,
        gaps=texts["rise_gaps"] if gaps else "",
        verdict=texts[rise_verdict(writer)],
    )


def rise_verdict(writer: Writer) -> str:
    """Return the name of the words that say whether the province's rise stands out among the others."""
    as_far = int(writer.ledger_value("n_as_far"))
    return rise_key((1 + as_far) / (1 + writer.ledger_value("n_others"))) if as_far else "rise_alone"


def rise_key(share: float) -> str:
    """Return the name of the words for a province when this share of provinces lies as far from the mean."""
    return next(key for floor, key in RISES if share > floor)


def _control_noise(writer: Writer) -> float:
    entries = writer.ledger.entries
    if "control_low_pp" not in entries or "control_high_pp" not in entries:
        return float("inf")
    return (writer.ledger_value("control_high_pp") - writer.ledger_value("control_low_pp")) / 2


def drift_of_named(writer: Writer) -> float:
    """Return by how many points the provinces named gained on the others from the drift's year to the reference."""
    year = int(writer.ledger_value("drift_year"))
    sign = 1 if year < writer.ledger_value("reference_year") else -1
    return -sign * writer.ledger_value(f"pre_{year}_pp")


def _ratio(writer: Writer) -> float:
    """Return how many times the difference reported the drift is, as both are printed."""
    return round(writer.ledger_value("drift_pp"), 1) / max(round(writer.ledger_value("did_abs_pp"), 1), 0.1)


def _level(writer: Writer) -> str:
    """Say that the groups stood level in the first year after and part later, where they do."""
    names = [
        n.removesuffix("_pp") for n in writer.ledger.entries if n.startswith("gap_") and n.endswith("_pp")
    ]
    did = writer.ledger_value("did_pp")
    first, *later = [(name, writer.ledger_value(f"{name}_pp")) for name in names]
    if abs(first[1]) > LEVEL_SHARE * abs(did) or not later:
        return ""
    if any(gap * did <= 0 or abs(gap) < abs(did) for _, gap in later):
        return ""
    texts = writer.texts["sure"]
    parts = [texts["gap"].replace("{name}", name) for name, _ in later]
    return str(texts["level"].replace("{name}", first[0]).replace("{later}", writer.join(parts, "and")))


def _pre_years(writer: Writer) -> str:
    """Write the pre-period terms as a piece of template: “2019 +1.3 points, 2020 +1.0 points”."""
    years = [n.split("_")[1] for n in writer.ledger.entries if n.startswith("pre_") and n.endswith("_pp")]
    term = writer.texts["sure"]["pre_term"]
    return ", ".join(
        term.replace("{name}", f"{{pre_{y}_year:year}}").replace("{value}", f"{{pre_{y}_pp:+1}}")
        for y in years
    )


def survey_point(writer: Writer) -> list[Span]:
    """Say in full what the survey gives, on its rung of the wording ladder."""
    effect, events = writer.evidence.effect, writer.evidence.events
    rung = choose_rung(effect, (*effect.checks, *events.checks))
    if rung == "unclear" and "clear_from_pp" not in writer.ledger.entries:
        rung = "bare"
    return writer.spans("points", "survey", rung=writer.texts["points"][f"full_{rung}"])
