"""Words of heads are compared with their marks: cows, fish, land and cases are no empty heads."""

from pathlib import Path

import pytest
from gallery.exhibit import ALL, PRO
from read_tables import figures, held, read

from analysis.cleaning.words.indicator_names import code_named, is_generic
from analysis.reference.vocabulary import Words, has_marks, marked


@pytest.mark.parametrize("head", ["Số bò", "Số ca", "Cá", "Đất", "Số thẻ", "Cá, đất", "So bo", "Số bộ ba"])
def test_other_words_are_no_empty_heads(head: str, tmp_path: Path) -> None:
    assert not is_generic(head)
    rows = [["Tổng số hồ sơ tiếp nhận tháng 8/2021"], ["Tỉnh", "Số hồ sơ", head], ["Thái Nguyên", 415, 20]]
    outcome = read(tmp_path, [*rows, ["Yên Bái", 382, 31]])
    assert figures(outcome) == [("15", ALL, "2021-08-31", 382), ("19", ALL, "2021-08-31", 415)]
    assert held(outcome) == {"C3:C4": "column_unknown"}


@pytest.mark.parametrize(
    "head", ["Kết quả", "KẾT QUẢ THỰC HIỆN", "Ket qua", "Sơ bộ", "Ước cả năm", "Số liệu", "Đạt được"]
)
def test_empty_heads_are_known_in_every_spelling(head: str) -> None:
    assert is_generic(head)


def test_a_count_of_other_words_does_not_take_the_title_s_share(tmp_path: Path) -> None:
    rows = [
        ["Tỷ lệ hồ sơ xử lý trực tuyến tháng 8/2021"],
        ["Tỉnh", "Kết quả", "Số hồ sơ"],
        ["Yên Bái", "38,2", 415],
    ]
    outcome = read(tmp_path, [*rows, ["Sơn La", "41,5", 382]])
    assert {code for _, code, _, _ in figures(outcome)} == {PRO} and held(outcome) == {
        "C3:C4": "column_unknown"
    }


def test_tones_may_stand_on_either_vowel() -> None:
    assert marked("Hòa, HOÀ") == marked("hoà hòa") and has_marks("hoà") and not has_marks("hoa")
    known = Words(("Đắk Lắk", "sơ bộ"))
    assert "ĐẮK LẮK" in known and "dak lak" in known and "số bò" not in known and "so bo" in known


def test_short_names_of_own_indicators_are_compared_with_their_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = "code,name_vi,name_en,unit,lower,upper,numerator_vi,numerator_en,denominator_vi,denominator_en,"
    heads += "numerator_code,denominator_code,breaks,flags,synonyms"
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "codebook.csv").write_text(
        f"{heads}\nn_cows,Số bò,Cows,count,0{',' * 10}\n", "utf-8"
    )
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "dvctt"\n', "utf-8")
    (tmp_path / "data" / "raw" / "datapackage.json").write_text('{"resources": []}', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert [code_named(text) for text in ("Số bò", "số  BÒ", "So bo", "Sơ bộ", "Số bộ")] == ["n_cows"] * 3 + [
        ""
    ] * 2
