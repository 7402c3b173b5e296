"""Count which small faults in the code of a folder its tests notice: a random sample of mutants, drawn by a seed.

    python -m benchmarks.mutants FOLDER TABLE [--sample 100] [--seed 1] [--only FILE:LINE …] [--all] -- TESTS…

such as `src/analysis/cleaning/extract benchmarks/mutants_extract.csv -- tests/cleaning/test_totals.py`. What
follows `--` goes to pytest. A mutant changes one place: a comparison, a number by one, `and` for `or`, plus for
minus, a statement left out, None returned. The tests that ran the changed line run in a copy of the project's files,
quickest first, or all where none did, as for constants; with `--all` those that remain too, as where a result is kept
from one test to the next. `TABLE` gets
one row a mutant: killed (with the test that failed), timeout, or survived; a survivor is a fault that no test notices,
or a change that means nothing.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("seed", "file", "line", "change", "before", "after", "outcome", "by")
RECORD = "DVCTT_MUTANTS_RECORD"
# A mutant that takes this many times as long as the tests without it has come into a loop.
PATIENCE = 5
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True)
class Mutant:
    """One change of a file: what stands there, what shall, and where (bytes of the file; lines of its statement)."""

    file: str
    line: int
    change: str
    before: str
    after: str
    start: int
    end: int
    lines: tuple[int, int]


def find_mutants(root: Path, folder: Path) -> list[Mutant]:
    """Return every mutant of the modules below a folder, in the order of files and places."""
    return [m for path in sorted(folder.rglob("*.py")) for m in _mutants_of(path, root)]


def _mutants_of(path: Path, root: Path) -> Iterator[Mutant]:
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree = ast.parse(source)
    statements = [_lines_of(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    for node in _code_of(tree):
        for change, new in _changes(node):
            start = starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
            end = starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
            after = f"({new})" if isinstance(node, ast.expr) else new
            before = source[start:end].decode()
            line = node.lineno  # type: ignore[attr-defined]
            around = (lines for lines in statements if lines[0] <= line <= lines[1])
            own = min(around, key=lambda lines: lines[1] - lines[0])
            yield Mutant(path.relative_to(root).as_posix(), line, change, before, after, start, end, own)


def _lines_of(node: ast.stmt) -> tuple[int, int]:
    """Return the first and the last line of a statement, of one with a body those of its head."""
    body = getattr(node, "body", None)
    return node.lineno, max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno


def _code_of(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk over what is run: no annotations, decorators or docstrings, nor f-strings, whose parts have no place."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for node in value if isinstance(value, list) else [value]:
            text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.AST) and not text and not isinstance(node, ast.JoinedStr):
                yield node
                yield from _code_of(node)


def _changes(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the kinds of change that fit a node, with its text afterwards."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=right):
            yield "comparison", ast.unparse(ast.Compare(left, [_COMPARISONS[type(op)]()], right))
        case ast.BoolOp(op=op, values=values):
            yield (
                "and/or",
                ast.unparse(ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)),
            )
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield "sign or not", ast.unparse(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS and not _is_text(left, right):
            yield "operator", ast.unparse(ast.BinOp(left, _OPERATORS[type(op)](), right))
        case ast.Constant(value=bool(value)):
            yield "constant", str(not value)
        case ast.Constant(value=int() | float() as value):
            yield from (("number", str(value + step)) for step in (1, -1))
        case ast.Return(value=ast.expr() as value) if not (
            isinstance(value, ast.Constant) and value.value is None
        ):
            yield "return", "return None"
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break():
            yield "statement", "pass"
        case ast.Assign(targets=[target], value=value) if _says_again(target, value):
            yield "statement", "pass"


def _is_text(*nodes: ast.expr) -> bool:
    return any(isinstance(n, ast.JoinedStr) or isinstance(getattr(n, "value", 0), str) for n in nodes)


def _says_again(target: ast.expr, value: ast.expr) -> bool:
    """Tell whether an assignment can be left out and the code still runs: its name holds something before."""
    if not isinstance(target, ast.Name):
        return not isinstance(target, ast.Tuple)
    return any(isinstance(n, ast.Name) and n.id == target.id for n in ast.walk(value))


class Recorder:
    """A pytest plugin that notes how long each test takes and which lines of a folder it runs."""

    def __init__(self, folder: str, record: Path) -> None:
        self.folder, self.record = folder, record
        self.lines: set[tuple[str, int]] = set()
        self.tests: dict[str, tuple[float, list[tuple[str, int]]]] = {}

    def trace(self, frame: Any, _event: str, _: object) -> Any:
        """Follow functions of the folder alone, line by line."""
        name = frame.f_code.co_filename
        if not name.startswith(self.folder):
            return None
        self.lines.add((name, frame.f_lineno))
        return self.trace

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.lines = set()
        began = time.perf_counter()
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        try:
            return (yield)  # type: ignore[return-value]
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            self.tests[item.nodeid] = (time.perf_counter() - began, sorted(self.lines))

    def pytest_sessionfinish(self) -> None:
        self.record.write_text(json.dumps(self.tests), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Record, where the environment says of which folder and into which file."""
    if RECORD in os.environ:
        folder, record = os.environ[RECORD].split(os.pathsep)
        config.pluginmanager.register(Recorder(folder, Path(record)))


class Trial:
    """A copy of the project in which tests run, with what they run of the folder without any mutant."""

    def __init__(self, copy: Path, folder: Path, tests: list[str]) -> None:
        self.copy, self.tests, self.changes, self.ran = copy, tests, 0, 0
        files = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for name in filter(None, files.decode().split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        record = copy / "mutants_record.json"
        self.patience = 1e5
        where = os.pathsep.join((str(copy / folder.relative_to(ROOT)), str(record)))
        began = time.perf_counter()
        failed = self.run(self.tests, {RECORD: where}, plugin=True)
        if failed is not None:
            raise SystemExit(f"The tests fail without any mutant: {failed}")
        self.patience = 60 + PATIENCE * (time.perf_counter() - began)
        self.record: dict[str, Any] = json.loads(record.read_text("utf-8"))

    def run(self, tests: list[str], environment: dict[str, str], plugin: bool = False) -> str | None:
        """Run tests up to the first that fails; return its name, `timeout`, or None where none does."""
        listed = self.copy / "mutants_tests.txt"
        listed.write_text("\n".join(tests), "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"@{listed}"]
        command += ["-p", "benchmarks.mutants"] if plugin else []
        own = {"PYTHONPATH": str(self.copy / "src"), **environment}
        process = subprocess.Popen(
            command,
            cwd=self.copy,
            env=os.environ | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=self.patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return "timeout"
        if process.returncode == 0:
            return None
        named = re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.M)
        return named[1] if named else said.strip().splitlines()[-1][:100]

    def judge(self, mutant: Mutant, *, by_all: bool) -> str | None:
        """Return the test that notices a mutant, `timeout`, or None; say in `ran` how many ran its line."""
        path = self.copy / mutant.file
        source = path.read_bytes()
        places = {(str(path), line) for line in range(mutant.lines[0], mutant.lines[1] + 1)}
        ran = [
            (seconds, test)
            for test, (seconds, lines) in self.record.items()
            if places & set(map(tuple, lines))
        ]
        try:
            self._write(path, source[: mutant.start] + mutant.after.encode() + source[mutant.end :])
            self.ran = len(ran)
            failed = self.run([test for _, test in sorted(ran)], {}) if ran else None
            # What runs at import, constants above all, no test is seen to run: all tests look at it.
            return failed or (self.run(self.tests, {}) if by_all or not ran else None)
        finally:
            self._write(path, source)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file with a time of its own, by which Python tells that its compiled form is stale."""
        self.changes += 1
        path.write_bytes(content)
        os.utime(path, (self.changes, self.changes))


def main(arguments: list[str]) -> None:
    """Draw mutants, try each, print and write the table."""
    own, tests = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=lambda text: Path(text).resolve())
    parser.add_argument("table", type=lambda text: Path(text).resolve())
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="only mutants of these FILE:LINE, all of them")
    parser.add_argument("--all", action="store_true", help="let all tests look at what survives")
    given = parser.parse_args(own)
    mutants = find_mutants(ROOT, given.folder)
    if given.only:
        mutants = [m for m in mutants if f"{Path(m.file).name}:{m.line}" in given.only]
    else:
        chosen = random.Random(given.seed).sample(range(len(mutants)), min(given.sample, len(mutants)))
        mutants = [mutants[i] for i in sorted(chosen)]
    with TemporaryDirectory() as copy, given.table.open("w", encoding="utf-8", newline="") as file:
        trial = Trial(Path(copy).resolve(), given.folder, tests)
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        counts = {"killed": 0, "timeout": 0, "survived": 0}
        for m in mutants:
            by = trial.judge(m, by_all=given.all)
            outcome = "survived" if by is None else "timeout" if by == "timeout" else "killed"
            counts[outcome] += 1
            row = (
                given.seed,
                m.file,
                m.line,
                m.change,
                m.before,
                m.after,
                outcome,
                by or f"{trial.ran} tests ran it",
            )
            table.writerow([" ".join(str(value).split())[:200] for value in row])
            file.flush()
            print(f"{outcome:8} {m.file}:{m.line} {m.before[:60]!r} -> {m.after[:60]!r}", flush=True)
    print(", ".join(f"{outcome} {number}" for outcome, number in counts.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
