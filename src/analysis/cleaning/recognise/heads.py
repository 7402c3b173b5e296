"""The heads of each column from top to bottom, those of merged and open cells repeated."""

from __future__ import annotations

import re
from collections.abc import Callable

from analysis.cleaning.recognise.tables import Found
from analysis.cleaning.words.headtexts import shorten
from analysis.reference.vocabulary import words


def head_paths(found: Found, cut: Callable[[str], str] = shorten) -> list[list[str]]:
    """Return, for every column, the texts of its heads from top to bottom, each as `cut` leaves it."""
    sheet, width = found.sheet, found.sheet.width
    place = {sheet.numbers[i]: h for h, i in enumerate(found.head)}
    grid = [[cut(sheet.text(i, j)) for j in range(width)] for i in found.head]
    merged = False
    for top, left, bottom, right in sheet.merges:
        rows = [place[number] for number in range(top, min(bottom, top + 50) + 1) if number in place]
        if rows and top in place:
            merged = merged or right > left
            for h in rows:
                for j in range(left, min(right, width - 1) + 1):
                    grid[h][j] = grid[place[top]][left]
    if not merged:
        for h in range(len(grid) - 1):
            _fill_right(grid, h, found.naming.column)
    return [_path([row[j] for row in grid]) for j in range(width)]


def _path(texts: list[str]) -> list[str]:
    """Return the heads of one column from top to bottom, without repetitions and without mere ordinals."""
    path = [text for text in dict.fromkeys(texts) if text]
    named = [text for text in path if not re.fullmatch(r"\(?\d{1,2}\)?", text)]
    if any(text in words("heads", "quarter", "month") for text in named):
        return path
    return named or path


def _fill_right(grid: list[list[str]], h: int, name_column: int) -> None:
    """Repeat an upper head over the columns to its right that have a head of their own below."""
    for j in range(name_column + 2, len(grid[h])):
        below = grid[h + 1 :]
        open_here = not grid[h][j] and any(row[j] for row in below)
        if open_here and grid[h][j - 1] and any(row[j - 1] for row in below):
            grid[h][j] = grid[h][j - 1]


def with_ordinals(path: list[str]) -> list[str]:
    """Join a head like “Quý” or “Tháng” with the number below it."""
    for k in range(len(path) - 1):
        if path[k] in words("heads", "quarter", "month", "year") and re.fullmatch(
            r"[IVX]{1,4}|\d{1,4}", path[k + 1].strip()
        ):
            return [*path[:k], f"{path[k]} {path[k + 1]}", *path[k + 2 :]]
    return path
