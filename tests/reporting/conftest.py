"""The index as it is published from real briefs, and the tables behind it."""

from __future__ import annotations

import pytest
from reading_site import Page

from analysis.reporting.site import PAGES
from analysis.reporting.texts import LANGUAGES
from analysis.site_evidence import read_site_data


@pytest.fixture(scope="module")
def data(root):
    return read_site_data(root)


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, made_site):
    return request.param, Page((made_site / PAGES[request.param]).read_text("utf-8"))
