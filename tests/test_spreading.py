"""Simulations spread over processes and over a Dask cluster give the numbers that one process gives."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from analysis.estimation.checks.power import check_detectable_effect, simulate_power
from analysis.estimation.panel.simulate import Scenario, simulate_panel
from analysis.estimation.panel.spreading import CHUNK, spread
from dask_programs import DaskPrograms

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import false_positive_study, group_size_study, staggered_synthetic_study  # noqa: E402

REPETITIONS = 2 * CHUNK + 3


@pytest.fixture(scope="module")
def here():
    return results(None)


def results(pool):
    """Make a power curve, a check and a row of each study, their repetitions in `pool`."""
    few = Scenario(n_units=20, n_periods=6, n_treated=4)
    panel = simulate_panel(few, seed=5)
    return (
        simulate_power(panel, inferences=["default", "CR3"], repetitions=REPETITIONS, draws=99, pool=pool),
        check_detectable_effect(panel, plausible=1.0, repetitions=CHUNK, draws=99, pool=pool),
        group_size_study.study(3, 4, "any", REPETITIONS, pool),
        false_positive_study.study(few, CHUNK + 2, pool=pool),
        staggered_synthetic_study.study("imputation", few, CHUNK + 2, pool),
    )


def test_repetitions_come_back_in_order_in_chunks_of_one_size():
    asked: list[range] = []

    def work(repetitions):
        asked.append(repetitions)
        return [10 * repetition for repetition in repetitions]

    assert spread(work, REPETITIONS) == [10 * repetition for repetition in range(REPETITIONS)]
    assert [len(chunk) for chunk in asked] == [CHUNK, CHUNK, 3]
    assert spread(work, 0) == []


def test_two_processes_give_the_same_numbers(here):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert results(pool) == here


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    programs = DaskPrograms(tmp_path_factory.mktemp("dask"))
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    address = programs.start_scheduler(PYTHONPATH=path)
    for _ in range(2):
        programs.start_worker(address, PYTHONPATH=path)
    yield address
    programs.close()


def test_a_dask_cluster_gives_the_same_numbers(here, cluster):
    from analysis.execution.cluster import open_pool

    with open_pool(cluster) as pool:
        assert results(pool) == here


def test_a_worker_with_other_code_is_refused(cluster, monkeypatch):
    from analysis.execution import cluster as room

    package = room.describe_package() | {"code analysis": "0"}
    monkeypatch.setattr(room, "describe_package", lambda: package)
    with (
        pytest.raises(room.WorkerDiffers, match=r"differs from this machine: code analysis changed\. Bring"),
        room.open_pool(cluster),
    ):
        pass
