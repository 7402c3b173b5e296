"""Files put in place together: all or none, nothing left behind by a writer that was killed."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from analysis.reporting import placing
from analysis.reporting.placing import put_in_place

WRITER = """
import os, sys, time
from analysis.reporting import placing
placing.os.fsync = lambda _: (print("writing", flush=True), time.sleep(60))
placing.put_in_place({"page.html": b"half"}, __import__("pathlib").Path(sys.argv[1]))
"""


def test_files_are_put_in_place_whole(tmp_path):
    files = put_in_place({"page.html": b"1", "tables/all.csv": b"2"}, tmp_path / "new")
    assert [file.read_bytes() for file in files] == [b"1", b"2"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["page.html", "tables"]


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be locked there")
def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.readline()
    (aside,) = tmp_path.glob(".writing-*")
    put_in_place({"page.html": b"mine"}, tmp_path)
    assert aside.is_dir()
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    time.sleep(0.05)
    put_in_place({"page.html": b"mine again"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert (tmp_path / "page.html").read_bytes() == b"mine again"


def test_a_full_disk_is_told_with_its_folder_and_changes_nothing(tmp_path, monkeypatch):
    put_in_place({"a": b"old", "b": b"old"}, tmp_path)

    def fail(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(placing.os, "fsync", fail)
    with pytest.raises(OSError, match="No space") as told:
        put_in_place({"a": b"new", "b": b"new"}, tmp_path)
    assert told.value.filename == str(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old", "b": b"old"}
