"""A group's head over plain words: which share stands below it is told by both heads, and by the counts beside it."""

from pathlib import Path

import pytest
from workbooks import xlsx

from analysis.cleaning.files import FileOutcome, clean_file

NAMES = ["Hà Nội", "Cao Bằng", "Thái Nguyên", "Yên Bái"]
COUNTS = [(1000, 300, 30), (800, 160, 20), (1930, 434, 22.49), (900, 225, 25)]
SERVICES, DOSSIERS = "share_services_with_online_dossiers", "share_dossiers_processed_online"
SERVICES_HEADS = ("Tổng số", "Có phát sinh hồ sơ trực tuyến", "Tỷ lệ (%)")
DOSSIERS_HEADS = ("Tổng số tiếp nhận", "Xử lý trực tuyến", "Tỷ lệ (%)")


def cleaned(
    folder: Path, group: str, heads: tuple[str, ...], order: tuple[int, ...] = (0, 1, 2), figures=COUNTS
) -> FileOutcome:
    width = len(heads)
    rows: list[list[object]] = [
        ["Tháng 4 năm 2022"],
        [],
        ["STT", "Tỉnh, thành phố", group, *[None] * (width - 1)],
    ]
    rows += [[None, None, *heads]]
    rows += [[n + 1, name, *(figures[n][k] for k in order)] for n, name in enumerate(NAMES)]
    last = "BCDEFGH"[width]
    merge = ["A3:A4", "B3:B4"] + ([f"C3:{last}3"] if width > 1 else [])
    (folder / "t.xlsx").write_bytes(xlsx(rows, title="T4-2022", merge=merge))
    return clean_file(folder / "t.xlsx")


def of_thai_nguyen(outcome: FileOutcome) -> list[tuple[str, float, float, float]]:
    rows = outcome.cleaned.observations.query("unit == 'percent' and province_code == '19'")
    return [*rows[["indicator", "value", "numerator", "denominator"]].itertuples(index=False, name=None)]


@pytest.mark.parametrize(
    ("group", "heads", "order", "indicator"),
    [
        ("Dịch vụ công trực tuyến", SERVICES_HEADS, (0, 1, 2), SERVICES),
        ("Dịch vụ công trực tuyến (DVCTT)", SERVICES_HEADS, (0, 1, 2), SERVICES),
        ("DVCTT", ("Tỷ lệ (%)", "Phát sinh hồ sơ", "Tổng số"), (2, 1, 0), SERVICES),
        ("DVCTT", ("Có phát sinh hồ sơ", "Tổng số", "Tỷ lệ"), (1, 0, 2), SERVICES),
        (
            "Dịch vụ công trực tuyến",
            ("Tổng số", "Có phát sinh HS", "Tỷ lệ phát sinh HS (%)"),
            (0, 1, 2),
            SERVICES,
        ),
        ("Dịch vụ công", ("Tổng số", "Số DVC có phát sinh HS trực tuyến", "Tỷ lệ"), (0, 1, 2), SERVICES),
        ("Hồ sơ thủ tục hành chính (TTHC)", DOSSIERS_HEADS, (0, 1, 2), DOSSIERS),
        ("Hồ sơ TTHC", ("Tổng số hồ sơ tiếp nhận", "Số hồ sơ trực tuyến", "Tỷ lệ (%)"), (0, 1, 2), DOSSIERS),
        ("Hồ sơ", ("Tỷ lệ (%)", "Trực tuyến", "Tổng số"), (2, 1, 0), DOSSIERS),
        (
            "Hồ sơ TTHC",
            ("Tổng số", "Nộp trực tuyến", "Tỷ lệ (%)"),
            (0, 1, 2),
            "share_dossiers_submitted_online",
        ),
        ("Dịch vụ công trực tuyến", ("Tổng số", "Mức độ 4", "Tỷ lệ (%)"), (0, 1, 2), "share_services_level4"),
        ("Kết quả", ("Tổng số DVCTT", "Số DVCTT phát sinh hồ sơ", "Tỷ lệ DVCTT (%)"), (0, 1, 2), SERVICES),
    ],
)
def test_a_share_is_the_one_that_its_counts_bear_out(
    tmp_path: Path, group: str, heads: tuple[str, ...], order: tuple[int, ...], indicator: str
) -> None:
    outcome = cleaned(tmp_path, group, heads, order)
    assert of_thai_nguyen(outcome) == [(indicator, 22.49, 434, 1930)]
    assert len(outcome.cleaned.observations) == 12 and outcome.cleaned.quarantine.empty
    assert set(outcome.cleaned.observations["period_end"]) == {"2022-04-30"}


def test_without_counts_the_heads_decide_or_a_person_is_asked(tmp_path: Path) -> None:
    alone = [row[2:] for row in COUNTS]
    assert (
        of_thai_nguyen(cleaned(tmp_path, "DVCTT", ("Tỷ lệ phát sinh hồ sơ (%)",), (0,), alone))[0][0]
        == SERVICES
    )
    asked = cleaned(tmp_path, "Hồ sơ thủ tục hành chính (TTHC)", ("Tỷ lệ (%)",), (0,), alone)
    assert of_thai_nguyen(asked) == [] and asked.unclear


@pytest.mark.parametrize(
    ("group", "heads"),
    [
        ("Dịch vụ công trực tuyến", SERVICES_HEADS),
        (
            "Dịch vụ công trực tuyến",
            ("Tổng số DVCTT", "Số DVCTT phát sinh hồ sơ", "Tỷ lệ DVCTT phát sinh hồ sơ (%)"),
        ),
    ],
)
def test_a_share_that_its_counts_contradict_is_held(
    tmp_path: Path, group: str, heads: tuple[str, ...]
) -> None:
    other = [(all_, some, share + 20) for all_, some, share in COUNTS]
    outcome = cleaned(tmp_path, group, heads, figures=other)
    assert of_thai_nguyen(outcome) == []
    (line,) = outcome.cleaned.quarantine.to_dict("records")
    assert (line["rule"], line["cell"]) == ("column_unknown", "E5:E8")
    assert "not those of the counts beside them" in line["reason"]


def test_one_wrong_share_among_many_stays_as_printed_and_is_told_of(tmp_path: Path) -> None:
    heads = ("Tổng số DVCTT", "Số DVCTT phát sinh hồ sơ", "Tỷ lệ DVCTT phát sinh hồ sơ (%)")
    outcome = cleaned(tmp_path, "Dịch vụ công trực tuyến", heads, figures=[*COUNTS[:3], (900, 225, 52)])
    assert of_thai_nguyen(outcome) == [(SERVICES, 22.49, 434, 1930)]
    assert [check.printed for check in outcome.checks if not check.agrees] == [52]


def test_shares_printed_without_decimals_contradict_nothing(tmp_path: Path) -> None:
    heads = ("Tổng số DVCTT", "Số DVCTT phát sinh hồ sơ", "Tỷ lệ DVCTT phát sinh hồ sơ (%)")
    whole = [(all_, some, round(share)) for all_, some, share in COUNTS]
    assert of_thai_nguyen(cleaned(tmp_path, "DVCTT", heads, figures=whole)) == [(SERVICES, 22, 434, 1930)]


@pytest.mark.parametrize("power", [0.1, 10])
@pytest.mark.parametrize("group_and_heads", [("DVCTT", SERVICES_HEADS), ("Hồ sơ TTHC", DOSSIERS_HEADS)])
def test_shares_off_by_a_power_of_ten_keep_their_name_so_that_they_are_found(
    tmp_path: Path, group_and_heads: tuple[str, tuple[str, ...]], power: float
) -> None:
    figures = [(whole, part, round(share * power, 3)) for whole, part, share in COUNTS]
    outcome = cleaned(tmp_path, *group_and_heads, figures=figures)
    read = of_thai_nguyen(outcome)
    # 224.9 % is no share and is held cell by cell; 2.249 stays with its counts, where it is seen to be a tenth.
    wanted = [(SERVICES if group_and_heads[0] == "DVCTT" else DOSSIERS, 2.249, 434, 1930)]
    assert read == (wanted if power < 1 else [])
    assert not (outcome.cleaned.observations["indicator"] == "share_services_online").any()
