"""How a person mends what the quarantine holds, rule by rule, in Vietnamese and English."""

from __future__ import annotations

import re

_MENDS = {
    "not_published": ("Không có gì để sửa.", "Nothing to mend."),
    "sheet_not_read": ("Không có gì để sửa.", "Nothing to mend."),
    "unit_missing": (
        "Hỏi nơi công bố về đơn vị; không đoán.",
        "Ask the publisher for the unit; it is never guessed.",
    ),
    "no_period": ("Tìm ngày trong nguồn.", "Find the date in the source."),
    "no_date": ("Tìm một trong các ngày đó.", "Find one of those dates."),
    "period_open": ("Tìm ngày cuối trong nguồn.", "Find the last day in the source."),
    "period_unclear": ("Tìm ngày đầu trong nguồn.", "Find the first day in the source."),
    "indicator_undefined": (
        "Tìm định nghĩa, rồi dùng mã trong bộ mã.",
        "Find the definition, then use a code.",
    ),
    "scope_of_target": ("Xem cột scope của chỉ tiêu.", "See `scope` of the target itself."),
    "province_unknown": ("Sửa mã GSO.", "Correct the GSO code."),
    "date_unreadable": ("Viết ngày theo dạng 2022-09-30.", "Write it as 2022-09-30."),
    "unit_unlike": ("Sửa đơn vị theo bộ mã.", "Correct the unit."),
    "word_unknown": ("Dùng một trong các từ đã nêu.", "Use one of these words."),
    "cells_uneven": (
        'Đặt ô có dấu phẩy trong ngoặc kép ("58,1"), hoặc viết 58.1; rồi thêm tệp đã sửa như một bản mới.',
        'Put a cell with a comma into quotes ("58,1"), or write 58.1; then add the mended file as a new one.',
    ),
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


_REASONS = {
    "missing": "Ô không có số liệu.",
    "formula_error": "Công thức bị lỗi.",
    "formula_without_value": "Công thức được lưu mà không kèm giá trị.",
    "number_unreadable": "Không phải là một con số.",
    "number_ambiguous": "Có thể đọc là {} hoặc {}; cả cột không cho biết dấu nào là dấu thập phân.",
    "scale_ambiguous": "Có thể là {} % hoặc {} %; cả cột không cho biết.",
    "not_a_count": "Số đếm mà không phải số nguyên.",
    "out_of_range": "Nằm ngoài khoảng giá trị cho phép của chỉ tiêu.",
    "period_unknown": "Không tìm thấy kỳ báo cáo của con số này.",
    "indicator_unknown": "Chỉ tiêu không có trong bộ mã.",
    "column_unknown": "Tiêu đề cột không ứng với chỉ tiêu nào trong bộ mã.",
    "name_unknown": "Không phải tên tỉnh nào; cả bảng tạm dừng.",
    "table_stopped": "Trong bảng có tên không nhận ra nên cả bảng chưa được dùng.",
    "name_not_on_map": "Tên không có trên bản đồ hành chính của ngày này.",
    "total_row": "Dòng tổng, không phải tỉnh.",
    "average_row": "Dòng trung bình, không phải tỉnh.",
    "region_row": "Vùng, không phải tỉnh.",
    "below_province": "Đơn vị không phải cấp tỉnh.",
    "no_figures": "Có tên mà không có số liệu.",
    "row_outside": "Dòng nằm ngoài mọi bảng, hoặc không cột nào của bảng đọc nó.",
    "table_not_understood": "Chưa hiểu được bảng chứa dòng này.",
    "not_published": "Nguồn không công bố con số này.",
    "sheet_not_read": "Trang không chứa điểm số.",
    "unit_missing": "Nguồn in con số mà không ghi đơn vị.",
    "no_period": "Nguồn không ghi ngày.",
    "no_date": "Nguồn không ghi ngày giao chỉ tiêu, hạn hay ngày đăng.",
    "period_open": "Nguồn ghi ngày đầu mà không ghi ngày cuối.",
    "period_unclear": "Nguồn không nói tính từ khi nào.",
    "indicator_undefined": "Nguồn không nói rõ đó là tỷ lệ nào.",
    "scope_of_target": "Đếm đơn vị được giao, bản thân không phải chỉ tiêu.",
    "province_unknown": "Mã tỉnh không tồn tại.",
    "date_unreadable": "Ngày viết không đúng dạng.",
    "unit_unlike": "Đơn vị khác với bộ mã.",
    "word_unknown": "Từ không có trong danh sách cho phép.",
    "cells_uneven": "Số ô của dòng khác với dòng tiêu đề.",
}
_READINGS = re.compile(r" is (\S+)(?: %)? or (\S+?)(?: %)?[;.]")


def reason_vi(rule: str, reason: str) -> str:
    """Return in Vietnamese why a cell was held back; `reason` is the English sentence with the readings."""
    text = _REASONS.get(rule, "")
    found = _READINGS.search(reason)
    return (
        text.format(*(number.replace(".", ",") for number in found.groups()))
        if found and "{}" in text
        else text
    )


def mend_of(rule: str, language: str = "en") -> str:
    """Return how to mend a cell held back by a rule, in "en" or "vi"."""
    vi, en = _MENDS.get(rule, ("", ""))
    return vi if language == "vi" else en
