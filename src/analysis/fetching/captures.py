"""Answers on disk: raw bytes with their time of capture and sha256; a group and period is one file of `data/raw`.

While a fetch runs, answers lie in a hidden folder; at its end, or when the next fetch finds them after a crash, they
are packed unchanged into one archive, which is described in the data package. Nothing is written over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.cleaning.described import clean_answers
from analysis.cleaning.files import FileOutcome
from analysis.cleaning.publishers.portal import INDEX, READER, is_read, read_index
from analysis.cleaning.raw import PACKAGE, RawFile, check_raw, read_package
from analysis.cleaning.store import only_one
from analysis.cleaning.writing import write_text
from analysis.fetching.calls import Call
from analysis.fetching.client import PortalAnswer
from analysis.periods import first_day_of, last_day_of
from analysis.reference import test_data
from analysis.reference.portal import ADDRESS, GROUPS, LEGACY_GROUPS, NATION, PUBLISHER

FOLDER, OPEN, LINES = "portal", ".open-", "captures.jsonl"
# Held for what the portal would answer again: such an answer counts as given.
_GIVEN = ("portal_running", "portal_old_map", "portal_no_base")
_FIXED = (1980, 1, 1, 0, 0, 0)  # the same answers make the same archive


@dataclass(frozen=True)
class Captures:
    """The answers of one address in a project. Those of another address than the portal's are test data."""

    root: Path
    address: str

    @property
    def is_test(self) -> bool:
        """Tell whether these are no answers of the portal."""
        return self.address != ADDRESS

    @property
    def folder(self) -> Path:
        """Return where they lie, a folder a day of access."""
        return self.root / PACKAGE.parent / (test_data.FOLDER if self.is_test else FOLDER)

    def described(self) -> list[RawFile]:
        """Return the archives of this address that the data package describes.

        Raises:
            RawFileMissing, RawFileChanged: one of them is not what was described.
        """
        return [raw for raw in check_raw(self.root, READER) if raw.url == self.address]

    def read(self) -> list[FileOutcome]:
        """Read those archives, each beside the others."""
        return clean_answers(self.root, self.described())

    def done(self, today: dt.date) -> set[tuple[str, str, str]]:
        """Return what need not be asked again: answers on periods that were over, and those of today.

        One that should have given figures and gave none, as it is empty, wrong or held, is asked again.
        """
        found = set()
        for outcome in self.read():
            given = departments_given(outcome)
            for line in read_index(self.root / outcome.file):
                day = dt.date.fromisoformat(line["captured"][:10])
                over = day == today or day.isoformat() > last_day_of(line["period"])
                if over and (line["department"] in given or not is_read(line["group"])):
                    found.add((line["group"], line["period"], line["department"]))
        return found

    def body(self, call: Call) -> bytes:
        """Return the newest answer to a call that was made before; empty where there is none."""
        name = f"{call.department}.json"
        for folder in sorted(self.folder.glob(f"*/{OPEN}{call.group}-{call.period}"), reverse=True):
            if (folder / name).is_file():
                return (folder / name).read_bytes()
        for raw in reversed(self.described()):
            if Path(raw.path).name.startswith(f"{call.group}-{call.period}-"):
                with zipfile.ZipFile(self.root / raw.path) as archive:
                    if name in archive.namelist():
                        return archive.read(name)
        return b""

    def keep(self, call: Call, answer: PortalAnswer) -> None:
        """Put an answer into the open folder of its group and period; its line comes last."""
        folder = self.folder / answer.captured.date().isoformat() / f"{OPEN}{call.group}-{call.period}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{call.department}.json").write_bytes(answer.body)
        line = {
            "group": call.group, "period": call.period, "department": call.department, "address": self.address,
            "path": call.path, "content": call.content, "status": answer.status,
            "captured": answer.captured.isoformat(timespec="seconds"), "bytes": len(answer.body),
            "sha256": hashlib.sha256(answer.body).hexdigest(),
        }  # fmt: skip
        with (folder / LINES).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> list[str]:
        """Pack and describe what lies open; return the new archives' places in the project."""
        places = []
        for folder in sorted(self.folder.glob(f"*/{OPEN}*")):
            lines = _whole_lines(folder)
            places += [place for place in [self._pack(folder, lines) if lines else ""] if place]
            shutil.rmtree(folder)
        return places + self._describe_lost()

    def _describe_lost(self) -> list[str]:
        """Describe anew the archives of this address whose description was lost; return their places."""
        known, lost = {raw.path for raw in read_package(self.root)}, []
        for path in sorted(self.folder.glob("*/*.zip")):
            place = path.relative_to(self.root).as_posix()
            lines = [] if place in known else _whole_index(path)
            if lines and {line["address"] for line in lines} == {self.address}:
                self._describe(path, path.read_bytes(), lines)
                lost.append(place)
        return lost

    def _pack(self, folder: Path, lines: list[dict[str, Any]]) -> str:
        """Return the place of the new archive; empty where it was packed and described before a crash."""
        content = _archive(folder, lines)
        time = lines[0]["captured"][11:19].replace(":", "")
        for mark in ("", *"bcdefghij"):  # several may close within a second
            path = folder.parent / f"{folder.name.removeprefix(OPEN)}-{time}{mark}.zip"
            if not path.exists() or path.read_bytes() == content:
                break
        if not path.exists():
            aside = path.with_name(f".{path.name}.tmp")
            aside.write_bytes(content)
            aside.replace(path)
        place = path.relative_to(self.root).as_posix()
        if any(raw.path == place for raw in read_package(self.root)):
            return ""
        self._describe(path, content, lines)
        return place

    def _describe(self, path: Path, content: bytes, lines: list[dict[str, Any]]) -> None:
        with only_one(self.root):  # `dvctt add` may describe a file just now
            package = json.loads((self.root / PACKAGE).read_text(encoding="utf-8"))
            package["resources"].append(self._resource(path, content, lines))
            write_text(self.root / PACKAGE, json.dumps(package, ensure_ascii=False, indent=2) + "\n")

    def _resource(self, path: Path, content: bytes, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the description of an archive in the data package."""
        group = (GROUPS | LEGACY_GROUPS)[lines[0]["group"]]
        title, day, period = (
            f"Đánh giá chất lượng phục vụ: {group.title}",
            path.parent.name,
            lines[0]["period"],
        )
        return {
            "name": f"{path.parent.parent.name}-{path.stem}-{day}".lower(),
            "path": path.relative_to(self.root / PACKAGE.parent).as_posix(),
            "format": "zip",
            "mediatype": "application/zip",
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "bytes": len(content),
            "reader": READER,
            "title": title,
            "publisher": test_data.PUBLISHER if self.is_test else PUBLISHER,
            "published": day,
            "accessed": day,
            "captured": [min(line["captured"] for line in lines), max(line["captured"] for line in lines)],
            "description": f"{len(lines)} answers as they came, with request, time of capture and sha256 in {INDEX}.",
            "licenses": [{"name": "as-stated", "title": "not stated by the publisher"}],
            "sources": [{"title": title, "path": lines[0]["address"]}],
            "period": [first_day_of(period), last_day_of(period)],
        } | ({"test_data": True} if self.is_test else {})


def _whole_index(path: Path) -> list[dict[str, Any]]:
    """Return what an archive says of its answers; empty where it is none, or an answer is not what was captured."""
    try:
        lines = read_index(path)
        with zipfile.ZipFile(path) as archive:
            for line in lines:
                body = archive.read(f"{line['department']}.json")
                if hashlib.sha256(body).hexdigest() != line["sha256"] or not line["address"]:
                    return []
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, zlib.error):
        return []
    return lines


def departments_given(outcome: FileOutcome) -> set[str]:
    """Return of whom an archive gave figures, or answers that the portal would give again; and the country if any."""
    held = outcome.cleaned.quarantine
    places = {place.rpartition("!")[2] for place in outcome.cleaned.observations["raw_location"]}
    places |= set(held.loc[held["rule"].isin(_GIVEN), "cell"])
    return places | ({NATION} if places else set())


def _whole_lines(folder: Path) -> list[dict[str, Any]]:
    """Return the answers that were written whole; the last one of each department."""
    found = {}
    path = folder / LINES
    for text in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            line = json.loads(text)
            body = (folder / f"{line['department']}.json").read_bytes()
        except (ValueError, OSError):
            continue  # the process was killed while it wrote
        if hashlib.sha256(body).hexdigest() == line["sha256"]:
            found[line["department"]] = line
    return list(found.values())


def _archive(folder: Path, lines: list[dict[str, Any]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        index = json.dumps(lines, ensure_ascii=False, indent=1).encode()
        entries = {INDEX: index} | {f"{line['department']}.json": b"" for line in lines}
        for name in entries:
            content = entries[name] or (folder / name).read_bytes()
            archive.writestr(zipfile.ZipInfo(name, _FIXED), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
