"""Texts stand in the order of Vietnamese dictionaries, whatever their Unicode form."""

from __future__ import annotations

import unicodedata

import pytest

from analysis.reference.alphabet import LETTERS, sort_key
from analysis.reference.provinces import provinces


@pytest.mark.parametrize(
    "ordered",
    [
        ["An Giang", "Ăn", "Ấn", "Bạc Liêu", "Bắc Kạn", "Cần Thơ", "Đà Nẵng", "Điện Biên", "Yên Bái"],
        ["ma", "mà", "mả", "mã", "má", "mạ", "mang"],
        ["ba hoa", "bà", "bà con", "bạ"],
        ["Dương", "Đăng"],
        ["o", "ô", "ơ", "u", "ư", "v"],
        ["Hà Giang", "Hà Nam", "Hà Nội", "Hà Tĩnh", "Hải Dương", "Hải Phòng", "Hậu Giang", "Hòa Bình", "Hồ Chí Minh"],
        ["Quảng Bình", "Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị"],
        ["Quận 2", "Quận Ba"],
    ],
)  # fmt: skip
def test_order(ordered: list[str]) -> None:
    backwards = ordered[::-1]
    assert sorted(backwards, key=sort_key) == ordered


def test_composed_and_decomposed_names_sort_alike() -> None:
    names = [province.name_vi for province in provinces()]
    decomposed = [unicodedata.normalize("NFD", name).replace("Đ", "Ð") for name in names]
    order = sorted(range(63), key=lambda i: sort_key(names[i]))
    assert order == sorted(range(63), key=lambda i: sort_key(decomposed[i]))


def test_provinces_begin_and_end_where_a_reader_looks_for_them() -> None:
    names = sorted((province.name_vi for province in provinces()), key=sort_key)
    assert names[0] == "An Giang"
    assert names[-1] == "Yên Bái"
    assert names.index("Cần Thơ") < names.index("Đà Nẵng") < names.index("Gia Lai")


def test_the_alphabet_has_its_29_letters_and_the_four_of_foreign_names() -> None:
    assert len(LETTERS) == 29 + len("fjwz")
