"""Whether a publisher's share is another indicator than in its period before, made of the same counts.

“Tỷ lệ hồ sơ trực tuyến” is the share submitted where dossiers received stand beside it, and by name alone the share
processed: a month without its counts would leave one series for the other without a word.
"""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import TYPE_CHECKING

from analysis.cleaning.findings import Finding, PeriodName, name_indicators
from analysis.cleaning.messages import message
from analysis.cleaning.series import files_of
from analysis.reference.indicators import by_code as codebook

if TYPE_CHECKING:
    import pandas as pd

_PERIOD = ["period_end", "period_start"]


def find_changed_shares(observations: pd.DataFrame) -> list[Finding]:
    """Return a doubt for each file whose period gives one share where its publisher's period before gave its twin."""
    twins = _twins()
    rows = observations[observations["indicator"].isin({code for pair in twins for code in pair})]
    rows = rows.assign(file=files_of(rows["raw_location"]))
    # data/raw/PUBLISHER/DAY/FILE; what is cleaned aside lies in no folder.
    folders = rows["file"].str.extract(r"^(.*)/[^/]*/[^/]*$")[0].fillna("")
    found = []
    for (_, _, frequency), own in rows.groupby([folders, "province_frame", "frequency"], sort=True):
        given = {when: set(part["indicator"]) for when, part in own.groupby(_PERIOD, sort=True)}
        for (earlier, before), (later, now) in pairwise(given.items()):
            for old, new in twins:
                if old in before - now and new in now - before:
                    period, other = (
                        PeriodName(str(frequency), {"start": s, "end": e}) for e, s in (later, earlier)
                    )
                    is_new = (own["period_end"] == later[0]) & (own["indicator"] == new)
                    file = str(own.loc[is_new, "file"].iloc[0])
                    said = message(
                        "over_time_changed_share", file=file, period=period, other=other,
                        old=name_indicators([old])[0], new=name_indicators([new])[0], code=old,
                    )  # fmt: skip
                    found.append(Finding(file, str(later[0]), said, grave=False))
    return found


def _twins() -> list[tuple[str, str]]:
    """Return pairs of shares that the codebook makes of the same two counts, either way round."""
    made: dict[tuple[str, str], list[str]] = {}
    for line in codebook().values():
        if line.numerator_code and line.denominator_code:
            made.setdefault((line.numerator_code, line.denominator_code), []).append(line.code)
    return [pair for codes in made.values() for pair in permutations(codes, 2)]
