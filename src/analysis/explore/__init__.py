"""What `explore.ipynb` shows: the methods of notebooks 02 to 05 under widgets, with fewer draws so that a move is
answered at once."""

from analysis.explore.widgets import explore

__all__ = ["explore"]
