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
_SPECIAL = {
    "8": "papi_d8_e_governance",
    "8.1": "papi_d81_portal_access",
    "8.2": "papi_d82_internet_access",
    "8.3": "papi_d83_e_responsiveness",
}
_NUMBERED = re.compile(
    r"^\s*(?:(?:(?:chỉ số |chi so |trục |truc )?(?:nội dung|noi dung)|dimension|lĩnh vực|d)\s*\.?\s*)?"
    r"(?P<n>[1-8](?:\.[1-5])?)(?!\d|[.,]\d|\s*(?:%|/))",
    re.IGNORECASE,
)


def code_of_number(number: str) -> str:
    """Return the code of a dimension ("8") or sub-dimension ("8.1")."""
    return _SPECIAL.get(number, f"papi_d{number.replace('.', '')}")


def papi_code(label: str) -> str:
    """Return the code that a label such as “8.1: Access to …” or “Chỉ số nội dung 8” means, else nothing."""
    found = _NUMBERED.match(label)
    if found and (found["n"] in DIMENSIONS or found["n"] in SUBDIMENSIONS):
        return code_of_number(found["n"])
    return _by_name().get(fold_text(label), "")


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for number, pair in (DIMENSIONS | SUBDIMENSIONS).items():
        for name in pair:
            names[fold_text(name)] = code_of_number(number)
    return names
