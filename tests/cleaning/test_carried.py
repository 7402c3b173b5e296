"""A total with what was carried over is not what was received; one that is named beside it is read."""

from pathlib import Path

import pytest
from workbooks import xlsx

from analysis.cleaning.files import clean_file


@pytest.mark.parametrize(
    ("heads", "rows", "read"),
    [
        # 110 = 10 carried over + 100 received.
        (["Tổng số hồ sơ tiếp nhận", "Tồn kỳ trước", "Mới tiếp nhận"], [[110, 10, 100], [220, 20, 200]], 0),
        # 110 = 60 + 50: the column beside it is not in it.
        (
            ["Tồn kỳ trước chuyển sang", "Tổng số hồ sơ tiếp nhận", "Trực tiếp", "Qua bưu chính"],
            [[10, 110, 60, 50], [20, 220, 120, 100]],
            2,
        ),
        # Nothing shows that it holds what was carried over.
        (["Tổng số hồ sơ tiếp nhận", "Tồn kỳ trước"], [[110, 10], [220, 20]], 2),
    ],
)
def test_totals_with_what_was_carried_over(
    tmp_path: Path, heads: list[str], rows: list[list[int]], read: int
) -> None:
    names = ["Lào Cai", "Yên Bái"]
    table = [["KẾT QUẢ QUÝ I/2023"], ["Tỉnh", *heads, "Ghi chú"]]
    path = tmp_path / "bieu.xlsx"
    path.write_bytes(xlsx([*table, *([name, *row] for name, row in zip(names, rows, strict=True))]))
    outcome = clean_file(path)
    assert len(outcome.cleaned.observations) == read
    if not read:
        assert "carried over" in " ".join(outcome.cleaned.quarantine["reason"]) or outcome.problems


def test_the_parts_of_one_head(tmp_path: Path) -> None:
    rows = [
        ["KẾT QUẢ QUÝ I/2023"],
        ["Tỉnh", "Tổng hồ sơ tiếp nhận", None, None],
        [None, "Số hồ sơ tiếp nhận", "Tiếp nhận trực tuyến", "Từ kỳ trước"],
        ["Lào Cai", 110, 60, 10],
        ["Yên Bái", 220, 70, 20],
    ]
    path = tmp_path / "bieu.xlsx"
    path.write_bytes(xlsx(rows, merge=["A2:A3", "B2:D2"]))
    assert "n_dossiers_total" not in set(clean_file(path).cleaned.observations["indicator"])
