"""Where tables stand on a sheet, and what their rows are: heads, provinces, totals, sections, notes."""
