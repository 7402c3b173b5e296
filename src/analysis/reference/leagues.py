"""League tables of which a source printed the two ends alone: who stands at either end, as the source has it.

A brief reads the figures of its own province only, so that the places are kept here, from the same publications; a
test holds them against the raw figures.
"""

from __future__ import annotations

from dataclasses import dataclass

Codes = tuple[str, ...]


@dataclass(frozen=True)
class League:
    """The ends of one printed ranking.

    `indicators` is the share that is ranked or, of a group printed as a range, its lower and upper bound; `base` is
    the share that a national figure is given for. `highest` and `lowest` are the codes of the provinces named at
    either end, beginning with the end; `ordered` names the ends whose places are known.
    """

    period_end: str
    indicators: Codes
    base: str
    highest: Codes = ()
    lowest: Codes = ()
    ordered: Codes = ()

    def place_of(self, code: str) -> tuple[str, int, int]:
        """Return a province's end, its place from there (0: not known), and how many are named at that end."""
        for end, codes in (("highest", self.highest), ("lowest", self.lowest)):
            if code in codes:
                return end, codes.index(code) + 1 if end in self.ordered else 0, len(codes)
        return "", 0, 0


LEAGUES = (
    # MIC, May 2022: five highest and five lowest, each group between two bounds and in no order.
    League(
        "2022-04-30",
        ("rate_online_dossiers_applied_top5_range_low", "rate_online_dossiers_applied_top5_range_high"),
        "rate_online_dossiers_applied",
        highest=("22", "79", "12", "17", "27"),
    ),
    League(
        "2022-04-30",
        ("share_dossiers_processed_online_range_low_bottom5", "share_dossiers_processed_online_range_high_bottom5"),
        "share_dossiers_processed_online",
        lowest=("33", "75", "40", "95", "44"),
    ),
    # Báo Đà Nẵng, November 2022: the five highest and the five lowest of the country.
    League(
        "2022-11-30",
        ("share_dossiers_submitted_online_levels_3_4_year_to_date",),
        "share_dossiers_submitted_online_levels_3_4_year_to_date",
        highest=("17", "48", "36", "20", "37"),
        lowest=("95", "14", "40", "60", "51"),
        ordered=("highest", "lowest"),
    ),
    # Kinh tế & Đô thị: four that lead the country in 2024; Việt Nam Hội nhập: seven at one tenth or below.
    League(
        "2024-12-31",
        ("share_dossiers_full_process_online",),
        "share_dossiers_full_process_online",
        highest=("35", "48", "02", "36"),
        lowest=("66", "30", "79", "26", "01", "27", "87"),
        ordered=("highest",),
    ),
)  # fmt: skip


def league_of(indicator: str, period_end: str) -> League | None:
    """Return the printed ranking that a figure stands in; None where it stands in none."""
    return next(
        (one for one in LEAGUES if indicator in one.indicators and one.period_end == period_end), None
    )
