"""Vietnamese as it was written before Unicode: TCVN3, VNI and Windows-1258."""

from __future__ import annotations

import unicodedata


def tcvn3(text: str) -> str:
    """Return text as a workbook in .VnTime holds it: TCVN3 codes shown as Latin letters."""
    from analysis.cleaning.readers.encodings import TCVN3

    back = {letter: chr(code) for code, letter in TCVN3.items()}
    return "".join(back.get(c, c) for c in text)


def vni(text: str) -> str:
    """Return text in VNI code."""
    marks = {
        "\u0301": "ù",
        "\u0300": "ø",
        "\u0309": "û",
        "\u0303": "õ",
        "\u0323": "ï",
        "\u0302": "â",
        "\u0306": "ê",
    }
    both = {("\u0302", t): c for t, c in zip("\u0301\u0300\u0309\u0303\u0323", "áàåãä", strict=True)}
    both |= {("\u0306", t): c for t, c in zip("\u0301\u0300\u0309\u0303\u0323", "éèúüë", strict=True)}
    out = ""
    for char in text.replace("đ", "ñ").replace("Đ", "Ñ").replace("ơ", "ô").replace("ư", "ö"):
        base, *tones = unicodedata.normalize("NFD", char)
        shapes = [t for t in tones if t in "\u0302\u0306"]
        rest = [t for t in tones if t not in "\u0302\u0306\u031b"]
        base = {"o": "ô", "u": "ö"}.get(base, base) if "\u031b" in tones else base
        if shapes and rest:
            out += base + both[shapes[0], rest[0]]
        else:
            out += base + "".join(marks.get(t, "") for t in shapes + rest) if char not in "ñÑôö" else char
    return out


def windows_1258(char: str) -> str:
    """Return a letter as Windows-1258 writes it: base with hat or horn, then the tone."""
    parts = unicodedata.normalize("NFD", char)
    tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones)) + tones
