"""Whether notebooks can do their work here: packages, kernel, letters for Vietnamese, no namesake."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

LETTERS = "ăâđêôơưẠẶẨỄỘỢỰỸ"


def find_faults(root: Path) -> list[str]:
    """Return one line per fault of what a project's notebooks need, each with its mend; none means all is well."""
    return [
        *_package_faults(),
        *_kernel_faults(),
        *_font_faults(),
        *find_namesakes([root, root / "notebooks"]),
    ]


def find_namesakes(folders: Iterable[Path]) -> list[str]:
    """Return one line per file or folder that `import analysis` takes instead of this package.

    Python looks first in the folder of a script or notebook; what it finds there wins without a word.
    """
    return [
        f"{found}: `import analysis` takes this instead of the package. Mend: give it another name."
        for folder in folders
        for found in (folder / "analysis.py", folder / "analysis" / "__init__.py")
        if found.is_file()
    ]


def describe_foreign(notebooks: Iterable[Path], root: Path) -> list[str]:
    """Return one line per notebook that lies outside the project: a notebook may do all that its user may."""
    return [
        f"{notebook} is not of this project ({root}): its code runs with all your rights."
        for notebook in notebooks
        if not notebook.resolve().is_relative_to(root.resolve())
    ]


def _package_faults() -> list[str]:
    absent = [name for name in _required() if not _is_installed(name)]
    return [f"package {name} is not installed. Mend: rm .venv/.ready and make test." for name in absent]


def _required() -> list[str]:
    lines = metadata.requires("dvctt-analysis") or []
    return [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in lines if "extra ==" not in line]


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _kernel_faults() -> list[str]:
    if not _is_installed("ipykernel") or not _is_installed("jupyter-client"):
        return ["the notebook kernel is not installed. Mend: rm .venv/.ready and make test."]
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return ["no kernel “python3”. Mend: .venv/bin/python -m ipykernel install --sys-prefix"]
    return []


def _font_faults() -> list[str]:
    if not _is_installed("matplotlib"):
        return []
    from matplotlib import font_manager, ft2font

    path = font_manager.findfont("DejaVu Sans", fallback_to_default=True)
    absent = [letter for letter in LETTERS if not ft2font.FT2Font(path).get_char_index(ord(letter))]
    if not absent:
        return []
    return [f"the font {path} lacks {''.join(absent)}. Mend: reinstall matplotlib, which brings DejaVu Sans."]
