"""Text tables too long to be cut row by row: the same letters come out of them, in bounded memory."""

import tracemalloc
from pathlib import Path

import pytest
from gallery.exhibit import PRO_VI
from gallery.old_letters import tcvn3

from analysis.cleaning.files import clean_file
from analysis.cleaning.readers.delimited import LONG
from analysis.cleaning.readers.encodings import decode_tcvn3
from analysis.cleaning.readers.opening import read_sheets

NAMES = ("Thái Nguyên", "Yên Bái", "Đắk Lắk", "Thừa Thiên Huế")


def long_table(encode: object, encoding: str) -> bytes:
    """Return a table of more than LONG bytes, its texts encoded as the caller says."""
    rows = [f"Tỉnh;Kỳ;{PRO_VI} (%);Ghi chú"]
    note = "số liệu tổng hợp từ báo cáo của các địa phương"
    rows += [f"{NAMES[i % 4]};Quý {i % 4 + 1}/2022;{i % 1000 / 10};{note} {i}" for i in range(60_000)]
    content = "\n".join(rows)
    return (encode(content) if callable(encode) else content).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_tcvn3_is_decoded_in_a_long_text(tmp_path: Path, encoding: str) -> None:
    content = long_table(tcvn3, encoding)
    assert len(content) > LONG or encoding == "latin-1"
    (tmp_path / "a.csv").write_bytes(content)
    outcome = clean_file(tmp_path / "a.csv")
    assert not outcome.problems and len(outcome.cleaned.observations) == 60_000
    assert set(outcome.cleaned.observations["province_code"]) == {"19", "15", "66", "46"}


def test_decoding_a_long_text_costs_no_copy_of_its_rows(tmp_path: Path) -> None:
    peaks = []
    for encode in (None, tcvn3):
        (tmp_path / "a.csv").write_bytes(long_table(encode, "utf-8"))
        tracemalloc.start()
        (sheet,) = read_sheets(tmp_path / "a.csv", "a.csv")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert sheet.text(1, 0) == "Thái Nguyên" and sheet.text(0, 0) == "Tỉnh"
    # Both hold the distinct texts once more while they are made; the decoded ones are no larger.
    assert peaks[1] < 1.5 * peaks[0]


def test_text_in_unicode_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(long_table(None, "utf-8"))
    (sheet,) = read_sheets(tmp_path / "a.csv", "a.csv")
    assert sheet.text(1, 3).startswith("số liệu tổng hợp")
    assert decode_tcvn3("Th¸i Nguyªn") == "Thái Nguyên"
