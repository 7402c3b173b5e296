"""PAPI's dimensions and sub-dimensions: their codes, their names in both languages, their scales."""

from __future__ import annotations

import re
from functools import cache

from analysis.reference.spelling import fold_text

SUFFIXES = {
    "_weighted": ("có trọng số", "weighted"),
    "_ci_low": ("cận dưới khoảng tin cậy 95%", "lower end of the 95% interval"),
    "_ci_high": ("cận trên khoảng tin cậy 95%", "upper end of the 95% interval"),
    "_std_error": ("sai số chuẩn", "standard error"),
}

DIMENSIONS = {
    "1": ("Tham gia của người dân ở cấp cơ sở", "Participation at local levels"),
    "2": (
        "Công khai, minh bạch trong việc ra quyết định ở địa phương",
        "Transparency in local decision-making",
    ),
    "3": ("Trách nhiệm giải trình với người dân", "Vertical accountability towards citizens"),
    "4": ("Kiểm soát tham nhũng trong khu vực công", "Control of corruption in the public sector"),
    "5": ("Thủ tục hành chính công", "Public administrative procedures"),
    "6": ("Cung ứng dịch vụ công", "Public service delivery"),
    "7": ("Quản trị môi trường", "Environmental governance"),
    "8": ("Quản trị điện tử", "E-governance"),
}
SUBDIMENSIONS = {
    "1.1": ("Tri thức công dân", "Civic knowledge"),
    "1.2": ("Cơ hội tham gia", "Opportunities for participation"),
    "1.3": ("Chất lượng bầu cử", "Quality of elections"),
    "1.4": ("Đóng góp tự nguyện", "Contributions"),
    "2.1": ("Tiếp cận thông tin", "Access to information"),
    "2.2": ("Công khai danh sách hộ nghèo", "Transparency of poverty lists"),
    "2.3": ("Công khai thu, chi ngân sách cấp xã", "Transparency of commune budgets"),
    "2.4": ("Công khai quy hoạch, kế hoạch sử dụng đất và khung giá đất", "Transparency of land-use plans"),
    "3.1": ("Tương tác với chính quyền địa phương", "Interactions with local authorities"),
    "3.2": ("Giải đáp khiếu nại, tố cáo, khúc mắc của người dân", "Response to citizens' appeals"),
    "3.3": ("Tiếp cận dịch vụ tư pháp", "Access to justice services"),
    "4.1": ("Kiểm soát tham nhũng trong chính quyền địa phương", "Limits on corruption in local governments"),
    "4.2": ("Kiểm soát tham nhũng trong cung ứng dịch vụ công", "Limits on corruption in service delivery"),
    "4.3": ("Công bằng trong tuyển dụng nhân lực vào khu vực công", "Equity in state employment"),
    "4.4": ("Quyết tâm chống tham nhũng", "Willingness to fight corruption"),
    "5.1": ("Dịch vụ chứng thực, xác nhận", "Certification procedures"),
    "5.2": ("Dịch vụ cấp giấy phép xây dựng", "Construction permits"),
    "5.3": ("Dịch vụ cấp giấy chứng nhận quyền sử dụng đất", "Land-use rights certificates"),
    "5.4": ("Thủ tục hành chính cấp xã", "Commune-level procedures"),
    "6.1": ("Y tế công lập", "Public health care"),
    "6.2": ("Giáo dục tiểu học công lập", "Public primary education"),
    "6.3": ("Cơ sở hạ tầng căn bản", "Basic infrastructure"),
    "6.4": ("An ninh, trật tự", "Law and order"),
    "7.1": ("Nghiêm túc trong bảo vệ môi trường", "Seriousness of environmental protection"),
    "7.2": ("Chất lượng không khí", "Quality of air"),
    "7.3": ("Chất lượng nước", "Quality of water"),
    "8.1": (
        "Tiếp cận cổng thông tin điện tử của chính quyền địa phương",
        "Access to local e-government portals",
    ),
    "8.2": ("Tiếp cận và sử dụng internet tại địa phương", "Access to and use of the internet"),
    "8.3": ("Phúc đáp qua cổng thông tin điện tử", "E-responsiveness"),
}
# Other names that the publisher's own workbooks print, 2011 to 2024, in both languages.
_ALSO = {
    "2": ("Công khai, minh bạch", "Công khai, minh bạch trong việc ra quyết định", "Transparency",
          "Transparency of local decision-making"),
    "3": ("Vertical accountability",),
    "4": ("Control of corruption",),
    "1.2": ("Opportunities for participation in elections",),
    "1.3": ("Chất lượng bầu cử cơ sở", "Quality of local elections", "Quality of village head elections"),
    "1.4": ("Voluntary contributions",),
    "2.2": ("Danh sách hộ nghèo", "Công khai, minh bạch danh sách hộ nghèo", "Poverty lists",
            "Poverty list transparency"),
    "2.3": ("Thu, chi ngân sách cấp xã/phường", "Công khai, minh bạch ngân sách cấp xã/phường",
            "Communal budget and expenditure", "Communal budget transparency"),
    "2.4": ("Kế hoạch sử dụng đất, khung giá đền bù", "Land-use plans/price frames"),
    "3.1": ("Hiệu quả tương tác với các cấp chính quyền", "Tương tác với các cấp chính quyền"),
    "3.2": ("Đáp ứng kiến nghị của người dân", "Responsive to citizen actions",
            "Giải quyết khiếu nại, tố giác của người dân", "Governments responsive to citizen appeals",
            "Local government’s response to citizens’ appeals"),
    "4.1": ("Kiểm soát tham nhũng trong chính quyền", "Limits on public sector corruption"),
    "4.3": ("Công bằng trong tuyển dụng vào nhà nước", "Công bằng trong tuyển dụng vào khu vực công",
            "Equity in employment"),
    "5.1": ("Chứng thực/xác nhận", "Cung ứng dịch vụ chứng thực, xác nhận"),
    "5.2": ("Giấy phép xây dựng", "Dịch vụ cấp phép xây dựng"),
    "5.3": ("Giấy chứng nhận quyền sử dụng đất", "Dịch vụ cấp giấy CNQSD đất", "Land-use rights procedures",
            "Land tittle procedures"),
    "5.4": ("Thủ tục hành chính cấp xã/phường", "Dịch vụ hành chính cấp xã/phường", "Personal procedures"),
    "6.1": ("Dịch vụ y tế công lập", "Public health", "Public healthcare"),
    "6.2": ("Dịch vụ giáo dục tiểu học công lập", "Primary education"),
    "6.4": ("An ninh, trật tự khu dân cư",),
    "7.1": ("Seriousness in environment protection", "Environmental protection"),
    "8.1": ("Sử dụng cổng thông tin điện tử của chính quyền địa phương", "Access to e-government portals"),
    "8.2": ("Access to the internet",),
    "8.3": ("E-reponsiveness", "E-responsiveness of provincial authorities"),
}  # fmt: skip
# Sub-dimensions that the workbooks of one year name as those of 2018 are, to the last year of it; the publisher's
# workbook of 2011–2016 has the same figures under the name given here.
MISNAMED: dict[str, tuple[tuple[int, str], ...]] = {
    "papi_d21": ((2017, "Danh sách hộ nghèo"),),
    "papi_d22": ((2017, "Thu, chi ngân sách cấp xã/phường"),),
    "papi_d23": ((2017, "Kế hoạch sử dụng đất, khung giá đền bù"),),
    "papi_d32": ((2015, "Ban thanh tra nhân dân"),),
    "papi_d33": ((2015, "Ban Giám sát đầu tư cộng đồng"), (2017, "Hiệu quả của Ban Thanh tra Nhân dân")),
}
_SPECIAL = {
    "8": "papi_d8_e_governance",
    "8.1": "papi_d81_portal_access",
    "8.2": "papi_d82_internet_access",
    "8.3": "papi_d83_e_responsiveness",
}
# Sub-dimensions of a scale that differs from the codebook's, to the last year of it: 8 had two parts of 0.5 to 5.
OTHER_SCALE = {"papi_d81_portal_access": 2018, "papi_d82_internet_access": 2018}
_NUMBERED = re.compile(
    r"\s*(?:(?:(?:chỉ số |chi so |trục |truc )?(?:nội dung|noi dung)|dimension|lĩnh vực|d)\s*\.?\s*)?"
    r"(?P<n>[1-8](?:\.[1-5])?)(?!\d|[.,]\d|\s*(?:%|/))[\s:.)]*(?P<name>.*)",
    re.IGNORECASE | re.DOTALL,
)


def code_of_number(number: str) -> str:
    """Return the code of a dimension ("8") or sub-dimension ("8.1")."""
    return _SPECIAL.get(number, f"papi_d{number.replace('.', '')}")


def papi_code(label: str) -> str:
    """Return the code that a label such as “8.1: Access to …” or “Quản trị điện tử” means, else nothing.

    Numbers have changed their meaning over the years, names have not: a number before the name of another
    sub-dimension, or before nothing, means nothing.
    """
    found = _NUMBERED.fullmatch(label)
    if found is None:
        return _by_name().get(fold_text(label), "")
    if not is_numbered(label):
        return ""
    code = code_of_number(found["n"])
    return code if _by_name().get(fold_text(found["name"]), code) == code else ""


def is_numbered(label: str) -> bool:
    """Tell whether a label has the number of a dimension or sub-dimension before its name."""
    found = _NUMBERED.fullmatch(label)
    return found is not None and bool(found["name"]) and found["n"] in DIMENSIONS | SUBDIMENSIONS


def has_papi_name(label: str) -> bool:
    """Tell whether a label is the name of a dimension or sub-dimension, with its number or without."""
    found = _NUMBERED.fullmatch(label)
    return fold_text(found["name"] if found else label) in _by_name()


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for table in (DIMENSIONS, SUBDIMENSIONS, _ALSO):
        for number, own in table.items():
            names |= {fold_text(name): code_of_number(number) for name in own}
    return names
