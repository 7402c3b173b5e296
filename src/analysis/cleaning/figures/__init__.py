"""Cells become numbers: the mark, the scale and the unit that a whole column decides."""
