"""Lines around a table that hold dates: which of them date its figures, and which pieces of a period go together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analysis.cleaning.periods import Period, find_period, parse_period
from analysis.reference.spelling import plain_text

_DAY = r"(?:(?:\d{1,2} ?[/.\-] ?\d{1,2} ?[/.\-] ?|\d{1,2} thang \d{1,2} nam )(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
_BETWEEN = r"\b(?:(?!\b(?:den|het|tinh|tu)\b)[^;])*?"
_DONE = (
    r"(?:ket xuat|trich xuat|truy xuat|xuat|in|lap|tao|ky|ban hanh|tai|truy cap|gui|nhan|nhap|(?:chinh )?sua)"
)
_TIMES = r"(?:thoi (?:diem|gian|khac)|ngay(?: gio)?|gio|luc)"
_ENGLISH = r"(?:export|print|generat|creat|download|updat|retriev|access|extract|modifi)(?:ed)?(?: time| date| on| at)?"
# The date of a covering letter, of the place where it was signed, and the moment at which somebody printed, exported
# or last touched a table are not those of its figures.
_MOMENT = re.compile(
    rf"(?:kem theo|theo (?:quyet dinh|cong van|bao cao|thong tu|ke hoach|van ban)|"
    rf"(?:quyet dinh|cong van|thong tu) so){_BETWEEN}{_DAY}|"
    rf"\b{_TIMES} {_DONE}{_BETWEEN}{_DAY}|"
    rf"\b(?:ket xuat|trich xuat|truy xuat|truy cap|in|xuat){_BETWEEN}\b{_TIMES} {_DAY}|"
    rf"(?:^|\b{_TIMES} )cap nhat(?! so lieu){_BETWEEN}{_DAY}|"
    rf"\bcap nhat (?:luc|vao|lan cuoi|gan nhat){_BETWEEN}{_DAY}|"
    rf"\b{_ENGLISH}\b{_BETWEEN}{_DAY}|"
    rf"^(?!.*\b(?:den|het|tinh|luy ke|so lieu|tu|ky|thoi diem)\b)[\w ]{{2,40}},? ngay {_DAY}\W*$"
)
_FIRST = re.compile(rf"(?:tu(?: ngay)?|ngay bat dau|bat dau|from(?: date)?|start(?: date)?)\W+({_DAY})\W*")
_LAST = re.compile(rf"(?:den(?: ngay)?|ngay ket thuc|ket thuc|to(?: date)?|end(?: date)?)\W+({_DAY})\W*")
_YEAR = re.compile(r"(?:nam|year)\W+((?:19|20)\d\d)\W*")
_PART = re.compile(r"(?:thang|quy|month|quarter)\W+(?:\w{1,4})\W*")

# A remark says which day the figures of a year are of: “số liệu năm 2020 tính đến ngày 31/12/2020”.
_DATED_YEAR = re.compile(
    rf"\bnam ((?:19|20)\d\d)\b[^.;()\d]{{0,30}}?\b(?:(?:tinh )?(?:den|toi)(?: het)?(?: ngay)?|as of) ({_DAY})"
)


def dates_of_years(texts: Iterable[str]) -> dict[int, Period]:
    """Return the last day of figures that remarks give for a year, by year; a year with two is left out."""
    found: dict[int, Period | None] = {}
    for text in texts:
        for year, day in _DATED_YEAR.findall(plain_text(text)):
            state = parse_period(day)
            if state is not None and state.end.year == int(year):
                found[int(year)] = state if found.get(int(year), state) == state else None
    return {year: state for year, state in found.items() if state is not None}


def without_moments(text: str) -> str:
    """Return the plain text of a line without the dates that are not those of figures."""
    return _MOMENT.sub(" ", plain_text(text))


def key_and_value(texts: Sequence[str]) -> bool:
    """Tell a line of a key and its date, “Thời điểm xuất | 02/10/2024”: the date alone says nothing."""
    return len(texts) == 2 and find_period(texts[0]) is None and find_period(texts[1], 2000) is not None


def join_periods(titles: Sequence[str]) -> list[str]:
    """Return titles with the two lines of one period made one.

    So are “Từ ngày 01/07/2024” and “Đến ngày 30/09/2024”, “Năm 2024” and “Quý III”.
    """
    joined = _join(titles, _FIRST, _LAST, "từ ngày {} đến ngày {}")
    return _join(joined, _PART, _YEAR, "{} năm {}")


def _join(titles: Sequence[str], one: re.Pattern[str], other: re.Pattern[str], written: str) -> list[str]:
    """Return titles with the only line of one kind and the only line of another made one, at the later place."""
    plain = [plain_text(title) for title in titles]
    first, second = (
        {text: found for text in plain if (found := kind.fullmatch(text))} for kind in (one, other)
    )
    if len(first) != 1 or len(second) != 1:
        return [*titles]
    (head, start), (tail, end) = next(iter(first.items())), next(iter(second.items()))
    text = written.format(start[1] if start.groups() else re.sub(r"\W+", " ", head), end[1])
    if parse_period(text) is None:
        return [*titles]
    last = max(plain.index(head), plain.index(tail))
    return [
        text if n == last else title
        for n, title in enumerate(titles)
        if n == last or plain[n] not in (head, tail)
    ]
