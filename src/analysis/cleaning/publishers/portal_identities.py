"""What an answer of the portal prints twice: channels and total, share and chart, points and their formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from analysis.periods import frequency_of

Fields = dict[str, Any]
_CHANNELS = ("channelOnlineSum", "channelDirectSum", "channelPostalSum")
_ROUNDING = {"channels": 0.0, "chart": 0.0051, "points": 0.0151}  # as printed, to two decimals


def contradictions(group: str, period: str, data: Fields) -> Iterator[tuple[str, float, float]]:
    """Give what does not fit together in an answer: its kind, as printed, as the other fields have it.

    What cannot be compared, because fields are gone, null or zero, is left out here; the reader tells of it.
    """
    parent = data["parent"]
    printed = _of_month(data.get("monthlyChart"), period)
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


def _of_month(chart: Any, period: str) -> Any:
    """Return what a chart prints for a month; None for its zeros, which also stand for no data, and other periods."""
    rows = chart if isinstance(chart, list) and frequency_of(period) == "M" else []
    own = (row for row in rows if isinstance(row, dict) and row.get("label") == period[5:])
    return next((row.get("onlineDossierPct") or None for row in own), None)
