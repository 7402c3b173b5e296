"""Any panel whose words nobody knows comes back equal once the layout.toml that was offered is filled in."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from written_panels import NAMES, RELAXED, SPELLINGS, Panel, panels, put

from analysis.cleaning.files import clean_file
from analysis.cleaning.layout_file import read_layout
from analysis.cleaning.layout_text import draft_layout

# What a clerk might write for the three indicators, none of it in the codebook.
WORDS = dict(zip(NAMES, ("Mục A (nội bộ)", "Việc gửi qua mạng B", "Nhóm C kèm theo"), strict=True))


def hidden(panel: Panel, label: str, without_title: bool) -> list[list[Any]]:
    """Return the rows with the indicators in other words, one province by another name, and no period in a title."""
    spelt = SPELLINGS[panel.style.name](panel.places[0])
    rows = panel.rows[1:] if without_title else panel.rows
    return [[_reworded(label if cell == spelt else cell) for cell in row] for row in rows]


def _reworded(cell: Any) -> Any:
    for code, name in NAMES.items():
        cell = cell.replace(name, WORDS[code]) if isinstance(cell, str) else cell
    return cell


def answered(draft: str, panel: Panel, label: str, period: str) -> str:
    """Fill in a draft as the one who knows the sheet would."""
    answers = {f'"{label}"': panel.places[0].name_vi, "period": period, "indicator": panel.codes[0]}
    answers |= {f'"{words}"': code for code, words in WORDS.items()}
    lines = []
    for line in draft.splitlines():
        key, found, rest = line.partition(' = ""')
        key = key.replace(" (%)", "")
        lines.append(
            f'{line.partition(" = ")[0]} = "{answers[key]}"{rest}' if found and key in answers else line
        )
    return "\n".join(lines)


@settings(RELAXED, max_examples=60)
@given(panel=panels(), label=st.sampled_from(["Đơn vị thí điểm", "Thai Nguyn", "Khối thi đua"]))
def test_a_panel_in_unknown_words_comes_back_equal(panel: Panel, label: str, tmp_path: Path) -> None:
    of_one_period = panel.style.layout == "indicators"
    # Old letters are recognised by many common words, of which hardly any are left.
    style = replace(panel.style, container="utf-16") if panel.style.container == "tcvn3" else panel.style
    path = put(style, hidden(panel, label, of_one_period), tmp_path)
    outcome = clean_file(path)
    draft = draft_layout(outcome.unclear, None)
    (tmp_path / "layout.toml").write_text(
        answered(draft, panel, label, panel.rows[0][0] if of_one_period else ""), encoding="utf-8"
    )
    outcome = clean_file(path, layout=read_layout(tmp_path / "layout.toml"))
    assert not outcome.problems and not outcome.unclear
    columns = ["province_code", "indicator", "period_end", "frequency", "value"]
    found = outcome.cleaned.observations[columns].round(6).itertuples(index=False, name=None)
    assert Counter(found) == panel.figures
    assert outcome.cleaned.quarantine.empty
