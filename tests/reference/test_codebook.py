"""Lines of a codebook are checked one by one: what is wrong is named with line, column and remedy."""

import re
from pathlib import Path

import pytest

from analysis.reference.codebook import (
    COLUMNS,
    CodebookWrong,
    codebook_text,
    is_codebook,
    known_of,
    read_codebook,
)
from analysis.reference.indicators import package_codebook

GOOD = {
    "code": "share_digital_signatures",
    "name_vi": "Tỷ lệ người dân có chữ ký số",
    "name_en": "Share of adults with a digital signature",
    "unit": "percent",
    "lower": "0",
    "upper": "100",
    "breaks": "2023-01-01|2024-07-01",
    "synonyms": "Tỷ lệ chữ ký số|TL chữ ký số cá nhân",
}


def table(*lines: dict[str, str]) -> bytes:
    return codebook_text([GOOD | line for line in lines]).encode()


def test_a_line_is_read_with_its_days_bounds_and_names() -> None:
    (line,) = read_codebook(table({}), "codebook.csv")
    assert (line.code, line.unit, line.lower, line.upper) == (
        "share_digital_signatures",
        "percent",
        0.0,
        100.0,
    )
    assert [day.isoformat() for day in line.breaks] == ["2023-01-01", "2024-07-01"]
    assert line.synonyms == ("Tỷ lệ chữ ký số", "TL chữ ký số cá nhân")


def test_semicolons_a_mark_at_the_start_and_columns_in_another_order_are_read() -> None:
    text = codebook_text([GOOD]).replace(",", ";")
    assert read_codebook(b"\xef\xbb\xbf" + text.encode(), "codebook.csv")[0].code == GOOD["code"]
    turned = "\n".join(",".join(reversed(line.split(","))) for line in codebook_text([GOOD]).splitlines())
    assert read_codebook(turned.encode(), "codebook.csv")[0].code == GOOD["code"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"breaks": "15/8/2022"}, r"line 2, column “breaks”: “15/8/2022” is no day\. Write it as 2022-08-15"),
        ({"flags": "2022-02-30"}, r"line 2, column “flags”: “2022-02-30” is no day"),
        (
            {"unit": "phần trăm"},
            r"line 2, column “unit”: “phần trăm” is no unit\. Expected one of percent, count",
        ),
        ({"unit": ""}, r"line 2, column “unit”: is empty"),
        (
            {"unit": "VND", "name_vi": "Tỷ lệ thu phí (%)"},
            r"column “unit”: “VND”, but .* make it a share\. Write percent",
        ),
        ({"unit": "score", "synonyms": "TL ký số, %"}, r"column “unit”: “score”, but .* make it a share"),
        (
            {"unit": "VND", "numerator_code": "n_dossiers_online", "denominator_code": "n_dossiers_total"},
            r"column “unit”: “VND”, but its counts",
        ),
        ({"lower": "0,5"}, r"line 2, column “lower”: “0,5” is no number\. Write 0 or 0\.33"),
        ({"upper": "nan"}, r"column “upper”: “nan” is no number"),
        ({"lower": "100", "upper": "0"}, r"column “lower”: 100 is above upper, 0\. Exchange"),
        ({"code": "Tỷ lệ"}, r"column “code”: “Tỷ lệ”\. Expected small letters"),
        ({"name_en": " "}, r"column “name_en”: is empty"),
        ({"numerator_code": "n_none"}, r"column “numerator_code”: “n_none” is no code of the codebook"),
        (
            {"denominator_code": "share_online_payment"},
            r"“share_online_payment” is in percent\. Name a count",
        ),
        (
            {"code": "share_online_payment"},
            r"column “code”: “share_online_payment” is in the codebook already",
        ),
        (
            {"name_vi": "Tỷ lệ thanh toán trực tuyến"},
            r"column “name_vi”: “.*” means share_online_payment already",
        ),
        (
            {"synonyms": "ti le HS nop truc tuyen"},
            r"“ti le HS nop truc tuyen” means share_dossiers_submitted_online",
        ),
        ({"synonyms": "—"}, r"column “synonyms”: “—” has neither letters nor digits"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_its_column_and_the_remedy(
    line: dict[str, str], said: str
) -> None:
    with pytest.raises(CodebookWrong, match=said) as error:
        read_codebook(table(line), "data/raw/codebook.csv", package_codebook().known)
    assert str(error.value).startswith("data/raw/codebook.csv, line 2, column")
    assert error.value.exit_status == 2


def test_every_fault_is_told_not_only_the_first() -> None:
    with pytest.raises(CodebookWrong) as error:
        read_codebook(table({"unit": "%"}, {"code": "b_c", "lower": "x"}), "codebook.csv")
    assert [line[:22] for line in str(error.value).splitlines()] == [
        "codebook.csv, line 2, ",
        "codebook.csv, line 3, ",
    ]


def test_two_lines_of_a_table_cannot_share_a_code_or_a_name() -> None:
    with pytest.raises(CodebookWrong, match=r"line 3, column “code”: .* stands in line 2 already"):
        read_codebook(table({}, {}), "codebook.csv")
    other = {"code": "share_signatures", "name_vi": "TỶ LỆ CHỮ KÝ SỐ", "name_en": "Share", "synonyms": ""}
    with pytest.raises(
        CodebookWrong, match=r"line 3, column “name_vi”: .* share_digital_signatures already, in line 2"
    ):
        read_codebook(table({}, other), "codebook.csv")


def test_a_number_that_only_speaks_of_percent_is_no_share() -> None:
    line = {"unit": "count", "upper": "", "name_vi": "Số xã có dưới 10% hồ sơ ký số", "synonyms": ""}
    assert read_codebook(table(line), "codebook.csv", package_codebook().known)[0].unit == "count"


def test_a_share_may_name_counts_of_the_same_table() -> None:
    count = {"code": "n_signatures", "name_vi": "Số chữ ký số", "name_en": "Signatures", "unit": "count"}
    share = {"numerator_code": "n_signatures", "denominator_code": "n_dossiers_total"}
    lines = read_codebook(table(share, count | {"synonyms": ""}), "codebook.csv", package_codebook().known)
    assert lines[0].numerator_code == "n_signatures"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            table({}).decode().replace("unit,", "units,", 1).encode(),
            r"line 1: columns missing: “unit”; unknown: “units”",
        ),
        (table({}).replace(b"flags,", b"breaks,", 1), r"missing: “flags”; doubled: “breaks”"),
        (table({}) + b"a,b\n", r"line 3: 2 cells, but 15 columns"),
        (table({}).decode().encode("utf-16"), r"line 1: byte 0xff is no UTF-8\. Save"),
        (table({}).decode().encode("cp1258", errors="replace"), r"line 2: byte 0x.. is no UTF-8\. Save"),
        ("code,name_vi\n".encode("utf-16-le"), r"NUL characters"),
        (b"", r"line 1: columns missing: “code”"),
        (table({}) + b'x,"' + b"a" * 140_000, r"line 3: no CSV"),
    ],
)
def test_a_table_that_is_none_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(CodebookWrong, match=said):
        read_codebook(data, "codebook.csv")


def test_a_line_is_counted_where_it_begins_also_below_a_cell_of_two_lines() -> None:
    two = table({"numerator_vi": "chữ ký\ncòn hiệu lực"}, {"code": "b_c", "unit": "%"})
    with pytest.raises(CodebookWrong, match=r"codebook\.csv, line 4, column “unit”"):
        read_codebook(two, "codebook.csv")


def test_the_package_s_own_table_passes_the_same_checks() -> None:
    lines = package_codebook().lines
    own = Path(__file__).parents[2] / "src/analysis/reference/indicators.csv"
    read = read_codebook(own.read_bytes(), own.name)
    assert list(lines[: len(read)]) == list(read)
    # The statistics of PAPI's scores, which are derived, mean nothing that another line means.
    names = [(name, line.code) for line in lines for _, name in line.names]
    assert all(known_of(lines).names[key] == code for key, code in _folded(names))


def _folded(names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    from analysis.reference.abbreviations import fold_name

    return [(fold_name(name), code) for name, code in names]


def test_a_table_of_indicators_is_known_by_its_columns(tmp_path: Path) -> None:
    file = tmp_path / "any.csv"
    file.write_bytes(table({}))
    assert is_codebook(file)
    file.write_text("province,value\nHà Nội,3\n", "utf-8")
    assert not is_codebook(file)
    assert not is_codebook(tmp_path / "none.csv")
    file.write_bytes(b"PK\x03\x04\r\xff,code;name_vi\x00")
    assert not is_codebook(file)


def test_columns_are_those_of_the_package_s_table() -> None:
    own = Path(__file__).parents[2] / "src/analysis/reference/indicators.csv"
    assert re.split(r",", own.read_text("utf-8").splitlines()[0]) == list(COLUMNS)
