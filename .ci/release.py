"""What is put into an archive: source, wheel, and a bundle of raw data, executed notebooks and briefs, with checksums.

The same commit gives the same bytes: names are sorted, every date is that of CITATION.cff, and nothing goes along
that is not committed, such as an office's dvctt.toml or a table that was tried out. `--check` only looks at that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("CITATION.cff", "CHANGELOG.md", "LICENSE", "README.md", "README.vi.md", "requirements.lock")
FOLDERS = ("data/raw", "data/processed", "reports")


def bundle(root: Path, place: Path, day: dt.date) -> None:
    """Write a ZIP of pages and folders of a project; hidden files, locks and what failed stay out."""
    files = [root / page for page in PAGES]
    files += [path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file()]
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(files):
            name = path.relative_to(root)
            if any(part.startswith(".") or part in ("failed", "release", "runs") for part in name.parts):
                continue
            entry = zipfile.ZipInfo(name.as_posix(), (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, path.read_bytes())


def find_uncommitted(root: Path) -> list[str]:
    """Return what differs from the commit, as git names it; what git ignores is made anew and does not count."""
    words = [
        "git",
        "-c",
        "core.quotepath=off",
        "-C",
        str(root),
        "status",
        "--porcelain",
        "--untracked-files=all",
    ]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()


def release(root: Path, out: Path) -> list[str]:
    """Make the release into a folder and return the lines of its checksums."""
    citation = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    day = citation["date-released"]
    moment = int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out)],
        cwd=root,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(moment)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    bundle(root, out / f"dvctt-analysis-{citation['version']}-results.zip", day)
    made = sorted(out.iterdir())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in made]
    (out / "SHA256SUMS").write_text("\n".join(lines) + "\n", "utf-8")
    return lines


if __name__ == "__main__":
    if differing := find_uncommitted(ROOT):
        sys.exit(
            "\n".join(["A release is of a commit. Commit, or move away, then run it again:", *differing])
        )
    if "--check" in sys.argv:
        sys.exit()
    print("\n".join(release(ROOT, ROOT / "reports" / "release")))
