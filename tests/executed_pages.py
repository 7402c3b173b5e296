"""Executed copies of the notebooks as small pages in docs/executed, and what they were made from.

`python -m tests.executed_pages` (make executed) runs 01 to 05 and 07 for the example of the README and writes them.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "executed"
INDEX = FOLDER / "made-from.json"
EXAMPLE = {
    "02-before-after": {"province": "Thái Nguyên"},
    "04-synthetic-control": {"province": "Thái Nguyên"},
}
NAMES = (
    "01-data-audit",
    "02-before-after",
    "03-regression",
    "04-synthetic-control",
    "05-sensitivity",
    "07-design",
)
MOST_BYTES = 400_000  # of a page
STYLE = """:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
img,svg{max-width:100%;height:auto}img{background:#fff}
pre{overflow-x:auto;background:#8881;padding:.5rem;border-radius:4px}
table{border-collapse:collapse;display:block;overflow-x:auto}
td,th{border-bottom:1px solid #8886;padding:.2rem .6rem;text-align:left}
.note{opacity:.8;font-size:.9rem}"""


def hash_source(name: str) -> str:
    """Return the sha256 of what a notebook's cells say."""
    cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    return _hash([(cell["cell_type"], "".join(cell["source"])) for cell in cells])


def hash_data() -> str:
    """Return the sha256 of what the notebooks read: the raw files as described, their corrections, the studies."""
    raw = json.loads((ROOT / "data/raw/datapackage.json").read_text("utf-8"))["resources"]
    texts = [(ROOT / "data/raw/corrections.toml").read_text("utf-8")]
    texts += [path.read_text("utf-8") for path in sorted((ROOT / "studies").glob("*.toml"))]
    return _hash([sorted((one["path"], one["hash"]) for one in raw), texts])


def hash_results(cells: list[dict[str, Any]]) -> str:
    """Return the sha256 of what executed cells show in words and numbers; pictures, ids and times do not count."""
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    return _hash([_words(output) for output in outputs if output["output_type"] != "stream"])


def _words(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    text = "".join(data.get("text/html") or data.get("text/markdown") or data.get("text/plain") or "")
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", text, flags=re.S)))


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def render_page(executed: Path, name: str) -> str:
    """Return an executed notebook as a page of its cells, without scripts or addresses of others."""
    import nbformat
    from nbconvert import HTMLExporter

    notebook = nbformat.read(executed, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.anchor_link_text = ""
    body = re.sub(r"<script.*?</script>", "", exporter.from_notebook_node(notebook)[0], flags=re.S)
    title = html.escape(notebook.cells[0].source.split("\n")[0].removeprefix("# "))
    links = " · ".join(f'<a href="{other}.html">{other}</a>' for other in NAMES)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><nav>{links}</nav>\n"
        f'<p class="note">Executed copy of notebooks/{name}.ipynb for the example of the README.</p>\n'
        f"{body}</body></html>\n"
    )


def make_pages() -> list[Path]:
    """Run the notebooks and write their pages with what they were made from."""
    from analysis.briefs import run_notebooks
    from analysis.execution.tasks import Task

    runs = ROOT / "reports" / "executed"
    tasks = [
        Task(ROOT / "notebooks" / f"{name}.ipynb", EXAMPLE.get(name, {}), runs / f"{name}.ipynb")
        for name in NAMES
    ]
    failed = [outcome for outcome in run_notebooks(tasks) if outcome.status not in ("done", "fresh")]
    if failed:
        raise SystemExit(f"{failed[0].task.notebook.name} did not end well; nothing was written.")
    FOLDER.mkdir(exist_ok=True)
    record: dict[str, Any] = {"data": hash_data(), "pages": {}}
    for name in NAMES:
        page = render_page(runs / f"{name}.ipynb", name)
        (FOLDER / f"{name}.html").write_text(page, "utf-8")
        cells = json.loads((runs / f"{name}.ipynb").read_text("utf-8"))["cells"]
        record["pages"][name] = {"source": hash_source(name), "results": hash_results(cells)}
    INDEX.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    return [FOLDER / f"{name}.html" for name in NAMES]


if __name__ == "__main__":
    for path in make_pages():
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")
