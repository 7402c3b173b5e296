"""Random tables with known truth: no figure is read wrong, none is lost; 2,000 in `benchmarks/random_tables_study`."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from random_tables import make_table, write_table
from verdicts import Verdict, judge

from analysis.cleaning.files import clean_file

# Beside the first forty, each kind of table that was once read wrong or lost a row.
SEEDS = (*range(40), 56, 142, 146, 149, 156, 181, 217, 228, 275, 364, 367, 821, 980, 1251, 1877)


@cache
def verdict(seed: int) -> Verdict:
    with TemporaryDirectory() as folder:
        table = make_table(seed)
        return judge(table, clean_file(write_table(table, Path(folder))))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_figure_is_read_wrong(seed):
    assert verdict(seed).wrong == []


@pytest.mark.parametrize("seed", SEEDS)
def test_each_figure_and_each_row_is_read_or_held(seed):
    assert verdict(seed).lost == []


@pytest.mark.parametrize("seed", SEEDS)
def test_each_remark_between_rows_is_kept_somewhere(seed):
    assert verdict(seed).unsaid == []
