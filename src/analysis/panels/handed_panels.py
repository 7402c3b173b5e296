"""Panels of the project's tables that are handed on: the first notebook that needs one assembles it for the others.

A panel follows from the study, the codebook's line of its outcome, the cleaned tables it is made from and the package.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.panels.handing_on import digest_of_package, take, versions
from analysis.panels.refusals import PanelRefused
from analysis.panels.starts import Start
from analysis.panels.study_panel import StudyPanel, assemble_panel, indicators_of
from analysis.reference.indicators import find_indicator

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Study

_FRAMES = ("rows", "gaps", "left_out", "nation")
_STARTS = ("starts", "too_early", "absent")
_TEXTS = ("doubtful", "breaks_inside", "flags_inside", "notes", "set_aside")


def take_panel(study: Study, root: Path | None = None) -> StudyPanel:
    """Return the panel of a study from the project's tables, as `assemble_panel` does.

    Raises:
        PanelRefused: the figures make no panel of this study.
    """
    from analysis.cleaning import processed

    tables = processed.hashes_of(indicators_of(study), root, units=(study.units, study.frame))
    digest = hashlib.sha256(json.dumps([asdict(study), tables, versions(), digest_of_package()]).encode())
    digest.update(repr(find_indicator(study.outcome)).encode())
    return take(digest.hexdigest(), lambda: _compute(study, root), lambda text: _panel_of(study, text), root)


def _compute(study: Study, root: Path | None) -> str:
    """Return the panel as JSON text, or why there is none, so that it is not tried again for each province."""
    try:
        panel = assemble_panel(study, root=root)
    except PanelRefused as error:
        return json.dumps({"refused": str(error)}, ensure_ascii=False)
    content: dict[str, Any] = {name: getattr(panel, name) for name in ("frequency", "unit", *_TEXTS)}
    content |= {name: _columns(getattr(panel, name)) for name in _FRAMES}
    content |= {name: [asdict(start) for start in getattr(panel, name)] for name in _STARTS}
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def _panel_of(study: Study, text: str) -> StudyPanel:
    content = json.loads(text)
    if "refused" in content:
        raise PanelRefused(content["refused"])
    content |= {name: _frame(content[name]) for name in _FRAMES}
    content |= {name: tuple(Start(**start) for start in content[name]) for name in _STARTS}
    content |= {name: tuple(content[name]) for name in _TEXTS}
    return StudyPanel(study=study, **content)


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return each column's type and values, None where one is missing."""
    plain = frame.astype("object").where(frame.notna(), None)
    return {str(name): [str(frame[name].dtype), plain[name].tolist()] for name in frame.columns}


def _frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: pd.Series(values, dtype=kind) for name, (kind, values) in columns.items()})
