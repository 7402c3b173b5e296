"""Columns of estimates for a period that was far from over when the report was made: “Ước cả năm” after nine months."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.words.provisional import read_provisional

FORECAST = "forecast"
# Figures of a month or quarter are estimated some days before its end; what lies further ahead is foretold.
_AHEAD = dt.timedelta(days=31)


def hold_forecasts(columns: list[Column], context: Context) -> list[Column]:
    """Leave columns unread that are called estimates and reach more than a month beyond the report's last day."""
    if context.report is None:
        return columns
    reach = context.report.end + _AHEAD
    return [
        replace(column, role=h.UNKNOWN_ROLE, unread=FORECAST)
        if column.role == h.VALUE
        and column.period is not None
        and column.period.end > reach
        and any(map(read_provisional, column.path))
        else column
        for column in columns
    ]
