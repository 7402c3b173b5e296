"""Whether this installation can do its work: packages, notebook kernel, letters for Vietnamese."""

from __future__ import annotations

import re
from importlib import metadata

LETTERS = "ăâđêôơưẠẶẨỄỘỢỰỸ"


def find_faults() -> list[str]:
    """Return one line per fault, each with its mend; an empty list means all is well."""
    return [*_package_faults(), *_kernel_faults(), *_font_faults()]


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
