"""The form beside a brief: filled in as an office would, it is read without a question."""

from __future__ import annotations

import pytest

from analysis.cleaning.files import clean_file
from analysis.reference.provinces import find_province
from analysis.reporting.request_form import ASKED, write_form


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_filled_form_is_read_whole(tmp_path, language):
    text = write_form(find_province("Cà Mau"), "2021-01-31", "2023-06-30", language).decode("utf-8-sig")
    head, *lines = text.splitlines()
    assert (
        len(lines) == 30
        and lines[0].startswith("Cà Mau,01/2021,")
        and lines[-1].startswith("Cà Mau,06/2023,")
    )
    comma = (lambda value: f'"{value}"'.replace(".", ",")) if language == "vi" else str
    filled = [
        line.partition(",,")[0] + f",{1500},{450 + n},{comma((450 + n) / 15 // 0.01 / 100)},"
        f"{31000 + n},{9300},{comma(9300 / (310 + n / 100) // 0.01 / 100)}"
        for n, line in enumerate(lines)
    ]
    path = tmp_path / "form.csv"
    path.write_text("\n".join([head, *filled]), "utf-8-sig")
    outcome = clean_file(path)
    rows = outcome.cleaned.observations
    assert outcome.cleaned.quarantine.empty and not outcome.problems
    assert rows.groupby("indicator").size().to_dict() == dict.fromkeys(ASKED, 30)
    shares = rows[rows["indicator"] == "share_services_with_online_dossiers"]
    assert set(shares["frequency"]) == {"M"} and shares["numerator"].notna().all()


def test_an_empty_form_gives_no_figure(tmp_path):
    path = tmp_path / "form.csv"
    path.write_bytes(write_form(find_province("Cà Mau"), "2021-01-31", "2021-03-31", "vi"))
    assert clean_file(path).cleaned.observations.empty
