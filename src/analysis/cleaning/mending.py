"""How a person mends what the quarantine holds, rule by rule, in Vietnamese and English."""

from __future__ import annotations

_MENDS = {
    "missing": ("Không cần sửa; xin số liệu nếu có.", "Nothing to mend; ask for the figure if there is one."),
    "formula_error": (
        "Sửa công thức trong tệp gốc rồi lưu lại.",
        "Mend the formula in the file and save it.",
    ),
    "formula_without_value": (
        "Mở tệp bằng chương trình bảng tính rồi lưu lại để có giá trị.",
        "Open the file in a spreadsheet program and save it, so that it holds the value.",
    ),
    "number_unreadable": ("Viết lại thành một con số.", "Write it as one number."),
    "number_ambiguous": (
        "Viết rõ dấu thập phân, hoặc ghi decimal trong layout.toml.",
        "Write the decimal mark plainly, or state `decimal` in layout.toml.",
    ),
    "scale_ambiguous": (
        "Thêm dấu % vào ô, hoặc ghi fraction trong layout.toml.",
        "Add % to the cell, or state `fraction` in layout.toml.",
    ),
    "not_a_count": (
        "Số đếm phải là số nguyên: kiểm tra ô này.",
        "A count is a whole number: check the cell.",
    ),
    "out_of_range": ("Kiểm tra lại với bản gốc của đơn vị báo cáo.", "Check it with whoever reported it."),
    "period_unknown": (
        "Ghi kỳ báo cáo vào tiêu đề bảng hoặc period trong layout.toml.",
        "Write the period into the title, or `period` in layout.toml.",
    ),
    "indicator_unknown": (
        "Dùng tên chỉ tiêu trong bộ mã, hoặc ghi indicator trong layout.toml.",
        "Use a name of the codebook, or state `indicator` in layout.toml.",
    ),
    "column_unknown": (
        "Nếu cần cột này, ghi indicator của nó trong layout.toml.",
        "If the column is needed, state its `indicator` in layout.toml.",
    ),
    "name_unknown": ("Sửa tên tỉnh trong tệp, rồi chạy lại.", "Correct the name in the file and run again."),
    "table_stopped": (
        "Sửa các tên không nhận ra của bảng này, rồi chạy lại.",
        "Correct the unknown names of this table and run again.",
    ),
    "name_not_on_map": (
        "Dùng tên tỉnh theo bản đồ của ngày số liệu.",
        "Use the name on the map of that date.",
    ),
    "total_row": ("Không cần sửa; dòng tổng chỉ để đối chiếu.", "Nothing to mend; totals are only compared."),
    "average_row": (
        "Không cần sửa; dòng trung bình chỉ để đối chiếu.",
        "Nothing to mend; averages are only compared.",
    ),
    "region_row": ("Không cần sửa; vùng không phải là tỉnh.", "Nothing to mend; a region is no province."),
    "below_province": (
        "Không cần sửa; số liệu dưới cấp tỉnh được để riêng.",
        "Nothing to mend; units below the province are kept apart.",
    ),
    "no_figures": (
        "Không cần sửa nếu dòng để trống có chủ ý.",
        "Nothing to mend if the row is empty on purpose.",
    ),
    "row_outside": (
        "Nếu dòng này thuộc bảng, đặt nó dưới tiêu đề cột; nếu không thì không cần sửa.",
        "If the row belongs to the table, put it below the header; if not, nothing to mend.",
    ),
    "table_not_understood": (
        "Điền layout.toml đã ghi bên cạnh kết quả rồi chạy lại với --layout.",
        "Fill in the layout.toml written beside the output and run again with --layout.",
    ),
}


def mend_of(rule: str, language: str = "en") -> str:
    """Return how to mend a cell held back by a rule, in "en" or "vi"."""
    vi, en = _MENDS.get(rule, ("", ""))
    return vi if language == "vi" else en


def rules() -> tuple[str, ...]:
    """Return every rule of the general reader."""
    return tuple(_MENDS)
