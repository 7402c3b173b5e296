"""What an answer of the portal prints twice: channels and total, share and chart, points and their formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from analysis.periods import frequency_of

Fields = dict[str, Any]
_CHANNELS = ("channelOnlineSum", "channelDirectSum", "channelPostalSum")
_PERIOD_FIELDS, _MOST_PCT = {"timeType", "year", "quarter", "month"}, 100
_ROUNDING = {"channels": 0.0, "chart": 0.0051, "points": 0.0151}  # as printed, to two decimals


def contradictions(group: str, period: str, data: Fields) -> Iterator[tuple[str, float, float]]:
    """Give what does not fit together in an answer: its kind, as printed, as the other fields have it.

    What cannot be compared, because fields are gone, null or zero, is left out here; the reader tells of it.
    """
    parent = data["parent"]
    is_month = frequency_of(period) == "M"
    printed = _months_of(data.get("monthlyChart")).get(period[5:]) if is_month else None
    compared: tuple[tuple[str, Any, Callable[[Fields], float]], ...] = (
        ("channels", parent.get("channelTotalSum"), lambda own: sum(own[key] for key in _CHANNELS)),
        ("chart", printed, lambda own: 100 * _share(own, "onlineDossierCount", "onlineServiceTotal")),
        ("points", parent.get("totalScore"), POINTS[group]),
    )
    for kind, told, compute in compared:
        try:
            due = float(compute(parent))
            if told is not None and abs(float(told) - due) > _ROUNDING[kind]:
                yield kind, float(told), due
        except (KeyError, TypeError, ValueError, ArithmeticError):
            continue


def tells_of_other_period(capture: Fields, data: Fields) -> str:
    """Return what gives away that an answer is not about the period asked for; empty where nothing does.

    That is a period that it names itself, or its chart: the share of the counts stands at another month, or the month
    asked for has none while others have.
    """
    for own in (data, data["parent"]):
        for key in _PERIOD_FIELDS & own.keys() & capture["content"].keys():
            if own[key] not in (None, "") and str(own[key]).lstrip("0") != str(capture["content"][key]):
                return f"{key} {str(own[key])[:40]}"
    if frequency_of(capture["period"]) != "M":
        return ""
    chart, asked = _months_of(data.get("monthlyChart")), capture["period"][5:]
    try:
        share = 100 * _share(data["parent"], "onlineDossierCount", "onlineServiceTotal")
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return ""
    if share <= 0 or (asked in chart and abs(chart[asked] - share) <= _ROUNDING["chart"]):
        return ""
    same = {label: pct for label, pct in chart.items() if abs(pct - share) <= _ROUNDING["chart"]}
    others = same or ({} if asked in chart else chart)
    return ", ".join(f"monthlyChart {label}: {pct:g} %" for label, pct in list(others.items())[:2])


def _months_of(chart: Any) -> dict[str, float]:
    """Return the figures of a chart by label, without its zeros, which also stand for no data."""
    rows = [row for row in chart if isinstance(row, dict)] if isinstance(chart, list) else []
    told = {str(row.get("label")): row.get("onlineDossierPct") for row in rows}
    return {
        label: float(pct)
        for label, pct in told.items()
        if isinstance(pct, int | float) and 0 < pct <= _MOST_PCT
    }


def _share(own: Fields, top: str, bottom: str) -> float:
    return float(own[top]) / float(own[bottom])


def _online_points(own: Fields) -> float:
    offered = (own["partialCount"] + own["fullCount"]) / own["authorityCount"]
    filed = _share(own, "channelOnlineSum", "channelTotalSum")
    used = _share(own, "onlineDossierCount", "onlineServiceTotal")
    return float(min(2.0, 2 * offered / 0.8) + 4 * used + min(6.0, 6 * filed / 0.5))


def _payment_points(own: Fields) -> float:
    paid = _share(own, "totalDossierOnlinePaymentSuccess", "totalDossierFinancialObligation")
    by_procedure = _share(own, "totalDossierOnlineFormalityPaymentSuccess", "totalFeeFormality")
    offered = _share(own, "totalFeeDossierFormality", "totalFeeFormality")
    return 6 * paid + min(2.0, 2.5 * by_procedure) + min(2.0, 2.5 * offered)


# Decision 766's points as they were recomputed from captured answers, to within rounding.
POINTS: dict[str, Callable[[Fields], float]] = {
    "online": _online_points,
    "payment": _payment_points,
    "progress": lambda own: 20 * _share(own, "totalOnTime", "totalReceived"),
}
