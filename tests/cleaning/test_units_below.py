"""Rows of districts and communes are never the province's, however many names there are and however they are spelt."""

import csv
import time
from pathlib import Path

import pytest

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.reference.provinces import provinces

SYLLABLES = (
    "An",
    "Bình",
    "Châu",
    "Đông",
    "Hòa",
    "Khánh",
    "Lộc",
    "Minh",
    "Phú",
    "Quang",
    "Sơn",
    "Tân",
    "Thanh",
    "Vĩnh",
)
OWN = (9000, 4000)


def write(folder: Path, heads: list[str], communes: int, prefix: str = "", own: str | None = None) -> Path:
    """Write a long table: rows of `communes` units, and where `own` is given one row of each province itself."""
    names = (f"{a} {b} {c} {d}" for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES for d in SYLLABLES)
    places = [province.name_vi for province in provinces()]
    file = folder / "t.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["Tỉnh", *heads, "Tháng", "Số hồ sơ tiếp nhận", "Số hồ sơ trực tuyến"])
        for place in places if own is not None else []:
            rows.writerow([place, *[own] * len(heads), "01/2023", *OWN])
        for n, name in zip(range(communes), names, strict=False):
            district = (
                [f"{prefix and 'Huyện '}{SYLLABLES[n % 14]} {SYLLABLES[n % 9]}"] if len(heads) > 1 else []
            )
            rows.writerow([places[n % 63], *district, f"{prefix}{name}", "01/2023", 100 + n % 50, n % 90])
    return file


def split(outcome: FileOutcome) -> tuple[int, int, set[str]]:
    observations, quarantine = outcome.cleaned.observations, outcome.cleaned.quarantine
    counts = set(observations["value"]) - set(OWN)
    assert counts == set()
    return len(observations), len(quarantine), set(quarantine["rule"])


@pytest.mark.parametrize("communes", [100, 3100, 6300])
@pytest.mark.parametrize("prefix", ["Xã ", ""])
@pytest.mark.parametrize("heads", [["Huyện", "Xã"], ["Quận/huyện", "Xã, phường, thị trấn"], ["Commune"]])
def test_each_row_below_a_head_of_units_is_held(
    tmp_path: Path, heads: list[str], prefix: str, communes: int
) -> None:
    assert split(clean_file(write(tmp_path, heads, communes, prefix))) == (0, communes, {"below_province"})


@pytest.mark.parametrize(
    ("head", "prefix", "rule"),
    [("Xã", "", "below_province"), ("Đơn vị", "Xã ", "below_province"), ("Đơn vị", "", "part_row")],
)
def test_the_province_s_own_rows_among_them_stay(tmp_path: Path, head: str, prefix: str, rule: str) -> None:
    own = "Toàn tỉnh" if rule == "part_row" else ""
    assert split(clean_file(write(tmp_path, [head], 4000, prefix, own))) == (126, 4000, {rule})


def test_a_commune_that_is_called_like_a_province_is_none(tmp_path: Path) -> None:
    file = write(tmp_path, ["Đơn vị"], 700)
    file.write_text(
        file.read_text("utf-8") + "Hà Nội,Hòa Bình,01/2023,5,4\nSơn La,Thái Bình,01/2023,5,4\n", "utf-8"
    )
    assert split(clean_file(file)) == (0, 702, {"part_row"})


def test_a_column_of_regions_says_nothing_of_parts(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    lines = [f"{p.name_vi},{p.region_vi},01/2023,{n}" for n, p in enumerate(provinces(), start=100)]
    file.write_text("\n".join(["Tỉnh,Địa bàn,Tháng,Số hồ sơ tiếp nhận", *lines]) + "\n", "utf-8")
    assert len(clean_file(file).cleaned.observations) == 63


def test_ten_times_as_many_names_take_about_ten_times_as_long(tmp_path: Path) -> None:
    def seconds(communes: int) -> float:
        file = write(tmp_path, ["Đơn vị"], communes)
        start = time.process_time()
        clean_file(file)
        return time.process_time() - start

    seconds(200)
    few, many = seconds(1000), seconds(10_000)
    # Linear is 10; quadratic would be 100. Fixed costs make the first slower, caches that are full the second.
    assert many < 30 * few
