"""One look for every figure: colours that colour-blind readers tell apart, contrast of at least 3:1 on white.

Blue and vermillion are from Okabe & Ito (2008); their orange and yellow fail the contrast and are not used.
Vietnamese glyphs come from DejaVu Sans, which ships with matplotlib.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, VERMILLION, GREEN, GREY, INK = "#0072B2", "#D55E00", "#00735C", "#5f6b76", "#1a2530"
BAND, SHADE, GRID = "#cfe0ee", "#e1e7ec", "#d3dae0"

_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": GRID,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.axisbelow": True,
    "figure.dpi": 110,
    "svg.fonttype": "none",
    "svg.hashsalt": "dvctt",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw inside this context to get the house look; the reader's own settings come back after it."""
    import matplotlib as mpl

    with mpl.rc_context(_RC):
        yield


def to_svg(axes: Axes) -> str:
    """Return the figure of an axis as SVG text, the same at every run: no date, salted ids, text kept as text."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    buffer = io.StringIO()
    with house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return re.sub(r"^.*?(?=<svg)", "", text, flags=re.DOTALL).strip()
