"""From the executed brief notebooks to the files people read: HTML, PDF and results.json, all or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.reference.provinces import by_code
from analysis.reporting.brief import MIME_TYPE
from analysis.reporting.changes import compare_results, digest_rows, section_of_changes
from analysis.reporting.edition import COMMON, RECORD, RESULTS, digest_edition, read_edition, write_record
from analysis.reporting.explanation import spans_of_sections
from analysis.reporting.figures_used import FILE as FIGURES
from analysis.reporting.figures_used import digest_files
from analysis.reporting.first_page import spans_of_first_page, spans_of_picture
from analysis.reporting.html import render_common, render_html
from analysis.reporting.issuer import put_issuer, read_issuer
from analysis.reporting.pdf import render_pdf
from analysis.reporting.placing import put_in_place
from analysis.reporting.prose import plain_text
from analysis.reporting.request_form import FILES as FORMS
from analysis.reporting.request_form import write_form


class NoBriefInNotebook(AnalysisError):
    """The executed notebook holds no brief."""


def read_briefs(notebook: Path) -> list[dict[str, Any]]:
    """Return the content of each brief that an executed notebook carries, one a language.

    Raises:
        NoBriefInNotebook: the file is no notebook, or no cell of it displays a brief.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise NoBriefInNotebook(f"{notebook} is not a notebook that can be read: {error}") from error
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", ())]
    found = [dict(output[MIME_TYPE]) for output in outputs if MIME_TYPE in output]
    if found:
        return found
    raise NoBriefInNotebook(f"{notebook} shows no brief. Run notebooks/06-brief.ipynb to its last cell.")


def publish_brief(notebooks: list[Path], folder: Path, root: Path) -> tuple[list[Path], dict[str, Any]]:
    """Render the briefs of one province, one a language, and put all files in place at the end.

    The edition that lies there is read first: what moved since then goes into results.json and into a box of the
    brief. Briefs of other languages that lie there from an earlier run are removed.

    Args:
        notebooks: executed 06-brief notebooks.
        folder: where the province's files go.
        root: the project's folder, against which raw locations are read.

    Returns:
        The published files (HTML and PDF a language, `results.json` and `figures-used.csv` for all), and what moved.

    Raises:
        NoBriefInNotebook: a notebook carries no brief.
        IssuerUnreadable: the project's `dvctt.toml` cannot be used.
        PdfRefused: a PDF could not be made.
    """
    issuer = read_issuer(root)
    briefs = [put_issuer(brief, issuer) for notebook in notebooks for brief in read_briefs(notebook)]
    results = gather_results(briefs, root)
    last = read_edition(folder)
    results["changes"] = compare_results(last, results)
    results["edition"] = digest_edition(notebooks, issuer)
    results["edition_of_day"] = number_of_day(last, results)
    languages = [brief["language"] for brief in briefs]
    contents: dict[str, bytes] = {}
    for brief in briefs:
        page = _with_changes(brief, results["changes"])
        contents[f"brief.{brief['language']}.html"] = render_html(page, languages).encode("utf-8")
        contents[f"brief.{brief['language']}.pdf"] = render_pdf(page)
        if brief["form"]:
            place = by_code()[brief["province_code"]]
            form = write_form(place, **brief["form"], language=brief["language"])
            contents[FORMS[brief["language"]]] = form
    contents[FIGURES] = str(briefs[0]["figures_used"]).encode("utf-8")
    contents[RESULTS] = write_results(results).encode("utf-8")
    for brief in briefs:
        if brief["common"]:
            notes = render_common(brief["common"], languages).encode("utf-8")
            put_common(folder.parent / COMMON[brief["language"]], notes)
    # The record comes first: until the last file is in place it says that they are not those of one edition.
    files = put_in_place({RECORD: write_record(contents, folder), **contents}, folder)[1:]
    forms = {folder / name for name in FORMS.values() if (folder / name).exists()}
    for stale in {*folder.glob("brief.*.html"), *folder.glob("brief.*.pdf"), *forms} - set(files):
        stale.unlink()  # a language not asked for this time would show numbers that results.json no longer has
    return files, results["changes"]


def put_common(path: Path, page: bytes) -> None:
    """Write the page of notes that all briefs link to, unless it lies there already."""
    if not path.is_file() or path.read_bytes() != page:
        put_in_place({path.name: page}, path.parent)


def number_of_day(last: dict[str, Any] | None, results: dict[str, Any]) -> int:
    """Return which edition of its day of data this is: the one that lies there, made once more, keeps its number."""
    if last is None or last["data_date"] != results["data_date"]:
        return 1
    return int(last.get("edition_of_day", 1)) + int(last.get("edition") != results["edition"])


def gather_results(briefs: list[dict[str, Any]], root: Path) -> dict[str, Any]:
    """Return every number of the briefs with its words in each language, its formula and its raw rows."""
    first = briefs[0]
    marks = {brief["language"]: brief.get("mark", "") for brief in briefs}
    numbers = {name: {**entry, "text": {}} for name, entry in first["ledger"]["numbers"].items()}
    for brief in briefs:
        for name, text in _printed_texts(brief):
            numbers[name]["text"].setdefault(brief["language"], [])
            if text not in numbers[name]["text"][brief["language"]]:
                numbers[name]["text"][brief["language"]].append(text)
    sources = first["ledger"]["sources"]
    return {
        "province_code": first["province_code"],
        "province_frame": "63",
        "version": first["version"],
        "data_date": first["data_date"],
        "languages": [brief["language"] for brief in briefs],
        "headline": {
            b["language"]: f"{marks[b['language']]} {plain_text(b['first_page']['headline'])}".lstrip()
            for b in briefs
        },
        "numbers": numbers,
        "rests_on": first["rests_on"],
        "files": digest_files(first["files"], root),
        "sources": {k: {**s, "sha256": digest_rows(root, s["location"])} for k, s in sources.items()},
    }


def write_results(results: dict[str, Any]) -> str:
    """Write results as JSON text; a number that is not finite is refused."""
    return json.dumps(results, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _with_changes(brief: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Put the box on what changed right after the key points, where there is one."""
    box = section_of_changes(changes, brief["language"])
    sections = brief["sections"]
    return {**brief, "sections": [sections[0], box, *sections[1:]]} if box else brief


def _printed_texts(brief: dict[str, Any]) -> list[tuple[str, str]]:
    """List every number that the brief and the page of notes print, with the text it is printed as."""
    spans, common = spans_of_first_page(brief["first_page"]), brief["common"]
    spans += spans_of_sections(brief["sections"])
    if common:
        spans += [*common["lead"], *common["caption"], *spans_of_picture(common["picture"])]
        spans += spans_of_sections(common["sections"])
    return [(span["number"], span["text"]) for span in spans if "number" in span]
