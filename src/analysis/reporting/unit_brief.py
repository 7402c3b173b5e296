"""A short brief on the units of one province: which agencies moved, against which target, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import name_of
from analysis.reference.test_data import mark_of
from analysis.reporting.html import load_part
from analysis.reporting.numbers import format_number

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.estimation.results import Estimate
    from analysis.panels.study_panel import StudyPanel

LEVELS = {
    "vi": {"department": "cấp tỉnh", "district": "cấp huyện", "commune": "cấp xã"},
    "en": {"department": "department", "district": "district", "commune": "commune"},
}
TEXTS = {
    "vi": {
        "title": "{place}: đơn vị nào chuyển biến, so với chỉ tiêu nào",
        "data": "{indicator}, {first} đến {last}: {units} đơn vị, trong đó {treated} đơn vị được giao chỉ tiêu "
        "và {exempt} đơn vị không được giao.",
        "passed": "Ước tính: ở đơn vị được giao chỉ tiêu, tỷ lệ {way} {size} điểm phần trăm so với trường hợp không "
        "giao (khoảng tin cậy {level}: {low} đến {high}).",
        "failed": "Sau khi giao chỉ tiêu, đơn vị được giao {way} đơn vị không được giao {size} điểm phần trăm "
        "({level}: {low} đến {high}), nhưng có kiểm tra không đạt nên không kết luận là do chỉ tiêu.",
        "unclear": "Chưa thể kết luận chỉ tiêu có tạo ra khác biệt hay không: chênh lệch {size} điểm phần trăm "
        "({level}: {low} đến {high}).",
        "up": "cao hơn", "down": "thấp hơn",
        "by_target": "Theo chỉ tiêu được giao",
        "group": "Đơn vị được giao {dose} %: {n} đơn vị, {size} điểm phần trăm ({low} đến {high}).",
        "group_none": "Đơn vị được giao {dose} %: {n} đơn vị; quá ít để ước tính.",
        "table": "Từng đơn vị",
        "heads": ("Đơn vị", "Cấp", "Chỉ tiêu (%)", "Bình quân 3 kỳ trước (%)", "Kỳ mới nhất (%)", "Thay đổi (điểm)",
                  "Còn cách chỉ tiêu (điểm)", "Riêng đơn vị, so với nhóm không giao (điểm)", "Nguồn"),
        "none": "không giao", "reached": "đạt",
        "limits": "Đơn vị không được giao chỉ tiêu là nhóm so sánh. Thay đổi chung cho mọi đơn vị của tỉnh không nằm "
        "trong chênh lệch này. Thay đổi của một đơn vị riêng lẻ có thể do ngẫu nhiên: khoảng tin cậy trong ngoặc.",
    },
    "en": {
        "title": "{place}: which agencies moved, against which target",
        "data": "{indicator}, {first} to {last}: {units} units, of which {treated} were given a target and {exempt} "
        "were not.",
        "passed": "We estimate the share in units with a target {way} by {size} percentage points than it would "
        "otherwise have been ({level} interval: {low} to {high}).",
        "failed": "After the decision units with a target were {way} than those without by {size} percentage points "
        "({level}: {low} to {high}), but a check did not pass, so that this is not put down to the target.",
        "unclear": "We cannot tell whether targets made a difference: the two groups differ by {size} percentage "
        "points ({level}: {low} to {high}).",
        "up": "higher", "down": "lower",
        "by_target": "By target",
        "group": "Units with a target of {dose} %: {n} units, {size} percentage points ({low} to {high}).",
        "group_none": "Units with a target of {dose} %: {n} units; too few to estimate.",
        "table": "Unit by unit",
        "heads": ("Unit", "Level", "Target (%)", "Mean of 3 periods before (%)", "Newest period (%)",
                  "Change (points)", "Still to go (points)", "This unit against those without (points)", "Source"),
        "none": "none", "reached": "reached",
        "limits": "Units without a target are the comparison. What changed for all units of the province is not in "
        "the difference. A single unit may move by chance: its interval stands in brackets.",
    },
}  # fmt: skip
ByTarget = Mapping[float, tuple[int, "Estimate | None"]]
BEFORE = 3  # periods before the start whose mean a unit's newest figure is held against


@dataclass(frozen=True)
class UnitMove:
    """How one unit moved: percent, points, and the raw cell of its newest figure; None where it is not known."""

    name: str
    level: str
    target: float | None
    before: float | None
    newest: float
    own: tuple[float, float | None, float | None] | None
    source: str

    @property
    def change(self) -> float | None:
        """Return the newest figure less the mean before, in points."""
        return None if self.before is None else self.newest - self.before


def units_moved(panel: StudyPanel, answer: StudyAnswer) -> list[UnitMove]:
    """Return how each unit moved, those with the highest target first, then by how far they moved.

    A unit without a target is held against the same periods as the first that was given one.
    """
    start = panel.rows["treated_from"].dropna().min()
    moves = []
    for code, rows in panel.rows.groupby("province_code", sort=True):
        first = rows["treated_from"].iloc[0]
        first = first if first == first and first is not None else start
        early = rows.loc[rows["period"] < first, "outcome"].tail(BEFORE)
        last, dose = rows.iloc[-1], rows["dose"].iloc[-1]
        own = answer.own_effect(str(code))
        moves.append(
            UnitMove(
                name=str(last["province"]), level=str(last["region"]), target=None if dose != dose else float(dose),
                before=float(early.mean()) if len(early) else None, newest=float(last["outcome"]),
                own=(own.estimate, own.conf_low, own.conf_high) if own else None, source=str(last["raw_location"]),
            )
        )  # fmt: skip
    return sorted(moves, key=lambda move: (-(move.target or 0.0), -(move.change or 0.0), move.name))


def render_unit_brief(panel: StudyPanel, answer: StudyAnswer, by_target: ByTarget, language: str) -> str:
    """Return the brief on the units of a study's province as one HTML page in `vi` or `en`.

    `by_target`: by target in percent, how many units were given it, and the effect on them or None.
    """
    words, moves = TEXTS[language], units_moved(panel, answer)
    line = find_indicator(panel.study.outcome)
    place = name_of(panel.study.units, panel.study.frame)
    effect = answer.effect
    size = {
        "size": _number(abs(effect.estimate), language), "low": _number(effect.conf_low, language),
        "high": _number(effect.conf_high, language), "level": f"{panel.study.conf_level * 100:g} %",
        "way": words["up" if effect.estimate > 0 else "down"],
    }  # fmt: skip
    if answer.rung == "unclear":
        size["size"] = _number(effect.estimate, language)
    data = str(words["data"]).format(
        indicator=line.name_vi if language == "vi" else line.name_en, first=panel.periods[0], last=panel.periods[-1],
        units=len(moves), treated=len(panel.treated), exempt=len(moves) - len(panel.treated),
    )  # fmt: skip
    groups = []
    for dose, (n, found) in by_target.items():
        shown = {"dose": f"{dose:g}", "n": n}
        if found is not None:
            shown |= {key: _number(getattr(found, name), language)
                      for key, name in (("size", "estimate"), ("low", "conf_low"), ("high", "conf_high"))}  # fmt: skip
        groups.append(str(words["group" if found is not None else "group_none"]).format(**shown))
    mark = mark_of(panel.rows["raw_location"], language)
    parts = [
        f"<h1>{escape(str(words['title']).format(place=place))}</h1>",
        f"<p><strong>{escape(mark)}</strong></p>" if mark else "",
        f"<p><strong>{escape(str(words[answer.rung]).format(**size))}</strong></p>",
        f"<p>{escape(data)}</p>", f"<h2>{words['by_target']}</h2>", *(f"<p>{escape(text)}</p>" for text in groups),
        f"<h2>{words['table']}</h2>", _table(moves, language), f"<p>{escape(str(words['limits']))}</p>",
    ]  # fmt: skip
    head = f'<meta charset="utf-8"><title>{escape(place)}</title><style>{load_part("brief.css")}</style>'
    body = f"<main>{''.join(parts)}</main>"
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>\n'


def _table(moves: list[UnitMove], language: str) -> str:
    words = TEXTS[language]
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in words["heads"])
    lines = []
    for move in moves:
        to_go = None if move.target is None else move.target - move.newest
        own = ""
        if move.own:
            own = _number(move.own[0], language)
            if move.own[1] is not None:
                own += f" ({_number(move.own[1], language)}; {_number(move.own[2], language)})"
        cells = [
            LEVELS[language][move.level],
            str(words["none"]) if move.target is None else f"{move.target:g}",
            _number(move.before, language), _number(move.newest, language), _number(move.change, language),
            "" if to_go is None else str(words["reached"]) if to_go <= 0 else _number(to_go, language),
            own, move.source.rsplit("/", 1)[-1],
        ]  # fmt: skip
        shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        lines.append(f'<tr><th scope="row">{escape(move.name)}</th>{shown}</tr>')
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _number(value: float | None, language: str) -> str:
    return "" if value is None else format_number(value, 1, language)
