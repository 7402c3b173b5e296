"""Lines around a table that hold dates: which of them date its figures, and which pieces of a period go together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analysis.cleaning.words.periods import Period, find_period, parse_period
from analysis.reference.spelling import plain_text

_DAY = r"(?:(?:\d{1,2} ?[/.\-] ?\d{1,2} ?[/.\-] ?|\d{1,2} thang \d{1,2} nam )(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
# The day of a letter that is still to be signed stays blank: “ngày      /12/2021”, “ngày … tháng 12 năm 2021”.
_BLANK_DAY = (
    r"ngay[\s.…_]*(?:/|thang)[\s.…_]*(?:\d{1,2})?[\s.…_]*(?:/|\bnam)[\s.…_]*(?:19|20)\d\d|"
    r"ngay[\s.…_]*\d{1,2}[\s.…_]*(?:/|thang)[\s.…_]*(?:/|\bnam)[\s.…_]*(?:19|20)\d\d"
)
_BETWEEN = r"\b(?:(?!\b(?:den|het|tinh|tu)\b)[^;])*?"
_LOOSELY = r"\b(?:(?!\b(?:den|het)\b)[^;])*?"
_DONE = (
    r"(?:ket xuat|trich xuat|truy xuat|xuat|in|lap|tao|ky|ban hanh|tai|truy cap|gui|nhan|nhap|(?:chinh )?sua)"
)
_TIMES = r"(?:thoi (?:diem|gian|khac)|ngay(?: gio)?|gio|luc)"
_ENGLISH = r"(?:export|print|generat|creat|download|updat|retriev|access|extract|modifi)(?:ed)?(?: time| date| on| at)?"
# A day with the time of a clock is one of printing, where nothing says that figures go up to it.
_CLOCK = re.compile(
    rf"{_DAY}\W{{1,3}}\d{{1,2}}[:h]\d\d(?::\d\d)?|\d{{1,2}}[:h]\d\d(?::\d\d)?\W{{1,3}}(?:ngay )?{_DAY}"
)
_UP_TO = re.compile(r"\b(?:den|het|tinh|so lieu|chot)\b")
# The date of a covering letter, of the place where it was signed, and the moment at which somebody printed, exported
# or last touched a table are not those of its figures.
_MOMENT = re.compile(
    rf"(?:kem theo|theo (?:quyet dinh|cong van|bao cao|thong tu|ke hoach|van ban)|"
    rf"(?:quyet dinh|cong van|thong tu) so){_BETWEEN}(?:{_DAY}|{_BLANK_DAY})|{_BLANK_DAY}|"
    rf"\b{_TIMES} {_DONE}{_BETWEEN}{_DAY}|"
    rf"\b(?:ket xuat|trich xuat|truy xuat|truy cap){_LOOSELY}\b(?:{_TIMES} )?{_DAY}(?!\W*(?:den|toi)\b)|"
    rf"\b(?:in|xuat){_BETWEEN}\b{_TIMES} {_DAY}|"
    rf"(?:^|\b{_TIMES} )cap nhat(?! so lieu){_BETWEEN}{_DAY}|"
    rf"\bcap nhat (?:luc|vao|lan cuoi|gan nhat){_BETWEEN}{_DAY}|"
    rf"\b{_ENGLISH}\b{_BETWEEN}{_DAY}|"
    rf"^(?!.*\b(?:den|het|tinh|luy ke|so lieu|tu|ky|thoi diem)\b)[\w ]{{2,40}},? ngay {_DAY}\W*$"
)
_MONTH = r"(?:\d{1,2} ?[/.\-] ?(?:19|20)\d\d|(?:19|20)\d\d-\d\d)"
_END = rf"((?:{_DAY}|{_MONTH}))(?: ?(?:t ?)?\d{{1,2}}[:h]\d\d(?::\d\d)?)?\W*"
_FIRST = re.compile(
    rf"(?:(?:ngay |thang )?bat dau|tu(?: ngay| thang)?|from(?: date)?|start(?: date)?)\W+{_END}"
)
_LAST = re.compile(rf"(?:(?:ngay |thang )?ket thuc|den(?: ngay| thang)?|to(?: date)?|end(?: date)?)\W+{_END}")
_ISO = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_KEY = re.compile(r"\b(nam|thang|quy|year|month|quarter)\s*[:=]\s*")
_TWICE = re.compile(r"\b(nam|thang|quy) \1\b")
_BARE_YEAR = re.compile(r"\W*(?:nam |year )?(?:bao cao )?((?:19|20)\d\d)\W*")
_ANY_YEAR = 2000
_ONE_DAY = re.compile(_DAY)
_WORDS_BEFORE = 4
_AS_OF = re.compile(
    r"(?:\b(?:den|toi|het|chot|thoi diem|as of|until|by)\b[^;]{0,30}|\bso lieu (?:ngay |den )?)$"
)
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
    plain = _MOMENT.sub(" ", plain_text(text))
    return plain if _UP_TO.search(plain) else _CLOCK.sub(" ", plain)


def is_passing_day(plain: str) -> bool:
    """Tell whether the only day in a text is mentioned among other words, none of which makes it that of figures."""
    days = list(_ONE_DAY.finditer(plain))
    if len(days) != 1:
        return False
    before, after = plain[: days[0].start()], plain[days[0].end() :]
    if len(before.split()) < _WORDS_BEFORE or find_period(before, _ANY_YEAR) or find_period(after, _ANY_YEAR):
        return False
    return not _AS_OF.search(before)


def key_and_value(texts: Sequence[str]) -> bool:
    """Tell a line of a key and its date, “Thời điểm xuất | 02/10/2024”: the date alone says nothing."""
    return len(texts) == 2 and find_period(texts[0]) is None and find_period(texts[1], 2000) is not None


def join_periods(titles: Sequence[str]) -> list[str]:
    """Return titles with the two lines of one period made one.

    So are “Từ ngày 01/07/2024” and “Đến ngày 30/09/2024”, “Báo cáo quý III” and “Năm 2024”.
    """
    return _join_parts(_join_ends(titles))


def _join_ends(titles: Sequence[str]) -> list[str]:
    """Return titles with the only line of a first day and the only one of a last day, or month, made one."""
    plain = [plain_text(title) for title in titles]
    first, last = (
        {text: found for text in plain if (found := end.fullmatch(text))} for end in (_FIRST, _LAST)
    )
    if len(first) != 1 or len(last) != 1:
        return [*titles]
    (head, start), (tail, end) = next(iter(first.items())), next(iter(last.items()))
    days = re.search(_DAY, head) and re.search(_DAY, tail)
    unit = "ngày" if days else "tháng"
    whole = f"từ {unit} {_day_first(start[1])} đến {unit} {_day_first(end[1])}"
    place = max(plain.index(head), plain.index(tail))
    return [
        whole if n == place else title
        for n, title in enumerate(titles)
        if n == place or plain[n] not in (head, tail)
    ]


def _day_first(day: str) -> str:
    """Return a day or month as Vietnamese write it: 30/09/2024."""
    found = _ISO.fullmatch(day)
    return "/".join(part for part in reversed(found.groups()) if part) if found else day


def _join_parts(titles: Sequence[str]) -> list[str]:
    """Return titles with a bare year written into the only title that names a part of a year."""
    plain = {title: _without_key(title) for title in titles}
    years = {t: found[1] for t, text in plain.items() if (found := _BARE_YEAR.fullmatch(plain_text(text)))}
    parts = {t for t, text in plain.items() if find_period(text) is None and find_period(text, _ANY_YEAR)}
    if len(years) != 1 or len(parts) != 1:
        return [*titles]
    year = next(iter(years.values()))
    return [f"{plain[t]} năm {year}" if t in parts else t for t in titles if t not in years]


def _without_key(title: str) -> str:
    """Return a line as it reads without its key: “Quý: Quý IV” as “quy iv”; one without a key as it is."""
    plain = plain_text(title)
    short = _TWICE.sub(r"\1", _KEY.sub(r"\1 ", plain))
    return title if short == plain else short
