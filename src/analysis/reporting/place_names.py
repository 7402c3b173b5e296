"""Names of provinces as the readers of each language write them."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import Province, by_code, provinces

# The city bears a man's name, which does not stand alone.
_WRITTEN = {"79": {"vi": "TP. Hồ Chí Minh", "en": "Hồ Chí Minh City"}}
_RANKS = {"province": "tỉnh ", "municipality": "thành phố "}


def shown_name(province: Province, language: str) -> str:
    """Return a province's name as a brief writes it."""
    return _WRITTEN.get(province.code, {}).get(language, province.name_vi)


def shown_names(codes: Iterable[str], language: str) -> str:
    """Return names of provinces in the order of the Vietnamese alphabet, with commas between them."""
    places = sorted((by_code()[code] for code in codes), key=lambda place: sort_key(place.name_vi))
    return ", ".join(shown_name(place, language) for place in places)


def ranked_name(province: Province, language: str) -> str:
    """Return a province's name, in Vietnamese after its rank: tỉnh Hậu Giang, thành phố Cần Thơ."""
    name = shown_name(province, language)
    return name if language == "en" or province.code in _WRITTEN else _RANKS[province.kind] + name


def successor_name(province: Province, language: str) -> str:
    """Return the name of the unit of July 2025 that a province is now part of, ranked as `ranked_name` does."""
    same = next((other for other in provinces() if other.name_vi == province.successor_vi), None)
    return ranked_name(same, language) if same else province.successor_vi
