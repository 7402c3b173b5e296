"""A result has one writer at a time, and a lock does not outlive who holds it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

from analysis.execution.locks import locked


def test_a_second_writer_waits_is_told_so_and_then_has_it(tmp_path):
    output, order, held, waited = tmp_path / "n.ipynb", [], threading.Event(), threading.Event()

    def first():
        with locked(output, on_wait=lambda: None, give_up=lambda: False) as mine:
            order.append(("first", mine))
            held.set()
            waited.wait(10)
            order.append(("first", "done"))

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(10)
    with locked(output, on_wait=waited.set, give_up=lambda: False) as mine:
        order.append(("second", mine))
    thread.join()
    assert order == [("first", True), ("first", "done"), ("second", True)]
    assert list(tmp_path.iterdir()) == []


def test_who_gives_up_does_not_have_it(tmp_path):
    output, found = tmp_path / "n.ipynb", []

    def other():
        with locked(output, on_wait=lambda: None, give_up=lambda: True) as theirs:
            found.append(theirs)

    with locked(output, on_wait=lambda: None, give_up=lambda: False) as mine:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert (mine, found) == (True, [False])


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    output = tmp_path / "n.ipynb"
    code = (
        "import os, sys, pathlib\nfrom analysis.execution.locks import locked\n"
        "with locked(pathlib.Path(sys.argv[1]), on_wait=print, give_up=bool): os.kill(os.getpid(), 9)"
    )
    if os.name == "posix":
        assert subprocess.run([sys.executable, "-c", code, str(output)]).returncode == -9
    with locked(output, on_wait=lambda: None, give_up=lambda: False) as mine:
        assert mine
    assert list(tmp_path.iterdir()) == []
