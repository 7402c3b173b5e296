"""What a layout says of a column's period holds where the heading of a section contradicts it."""

from pathlib import Path

from gallery import section_rows

from analysis.cleaning.files import clean_file
from analysis.cleaning.layouts import read_layout

EXHIBITS = {exhibit.file[:3]: exhibit for exhibit in section_rows.exhibits()}


def test_a_stated_period_holds_against_a_section(tmp_path: Path) -> None:
    path = tmp_path / EXHIBITS["132"].file
    path.write_bytes(EXHIBITS["132"].content)
    outcome = clean_file(path)
    assert "section" in outcome.cleaned.quarantine["reason"][0]
    layout = '[[tables]]\n[[tables.columns]]\ncolumn = "C"\nhead = "Quý II/2024"\nperiod = "Quý II/2024"\n'
    (tmp_path / "layout.toml").write_text(layout, encoding="utf-8")
    rows = clean_file(path, layout=read_layout(tmp_path / "layout.toml")).cleaned.observations
    chosen = rows[rows["indicator"].eq("n_dossiers_total") & rows["period_end"].eq("2024-06-30")]
    assert chosen["value"].tolist() == [48760]


def test_a_stated_period_joins_a_day_within_it(tmp_path: Path) -> None:
    path = tmp_path / EXHIBITS["130"].file
    path.write_bytes(EXHIBITS["130"].content)
    layout = '[[tables]]\n[[tables.columns]]\ncolumn = "F"\nhead = "9 tháng năm 2024"\nperiod = "9 tháng năm 2024"\n'
    (tmp_path / "layout.toml").write_text(layout, encoding="utf-8")
    rows = clean_file(path, layout=read_layout(tmp_path / "layout.toml")).cleaned.observations
    chosen = rows[rows["indicator"].eq(section_rows.FULL) & rows["value"].eq(884)]
    assert chosen["period_start"].tolist() == chosen["period_end"].tolist() == ["2024-09-30"]
