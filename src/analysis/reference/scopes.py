"""Whether a target counts as a decision that binds agencies: by whom it was given to, else by who took it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from analysis.reference.spelling import fold_text

BINDING, WHOLE_AREA, HEARSAY = "binding", "whole_area", "hearsay"
# Agencies and localities, as decisions address them: “Các sở, ban, ngành; UBND cấp huyện”. Folded, “sở” is like “sơ”
# of “hồ sơ”, so that short words count by their marks.
_AGENCIES = re.compile(
    r"\b(co quan|(cac|cua) so|so (ban )?nganh|ban nganh|cac don vi|dia phuong|ubnd|uy ban nhan dan|cap (tinh|huyen|xa)"
    r"|trung tam|agenc(y|ies)|departments?|districts?|communes?)\b"
)
_MARKED = re.compile(r"\b(sở|huyện|xã|phường)\b")
_WHOLE_AREA = re.compile(
    r"\b((toan|ca) (tinh|thanh pho|tp|quoc|nuoc)|(whole|entire) (province|city|country)|province wide)\b"
)


@lru_cache(maxsize=4_096)
def whom_it_binds(scope: str, document: str, stated_by: str) -> str:
    """Return `binding` where a target counts as a decision that binds agencies, else why it does not.

    A scope that names agencies or localities binds them; one that names only the whole province or country is a wish
    that binds nobody (`whole_area`). Where the scope is empty or says neither, a decision of the People's Committee
    counts: one with a number, or that an authority or the user states. What only the press tells of without number
    or scope does not (`hearsay`).
    """
    folded = re.sub(r"[^a-z0-9]+", " ", fold_text(scope))
    if _AGENCIES.search(folded) or _MARKED.search(unicodedata.normalize("NFC", scope).lower()):
        return BINDING
    if _WHOLE_AREA.search(folded):
        return WHOLE_AREA
    return BINDING if scope.strip() or document.strip() or stated_by in ("official", "user") else HEARSAY
