"""Which code of ours a notebook depends on: the files its imports reach, followed from module to module.

Imports are read from the text, not run: those inside functions count, those in strings count too (harmless).
A package that offers names lazily says where they live in a literal, `{"did": "analysis.estimation.did"}`; each
counts where it is asked for. A module that imports by a computed name without such a literal reaches everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<base>\.*[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#;]+)"
    r"|import[ \t]+(?P<modules>[^\n#;]+))",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\n]*")
_HOME = re.compile(rf"""["'](\w+)["']\s*:\s*["']({PACKAGE.name}\.[\w.]+)["']""")
_COMPUTED = re.compile(r"\bimport_module\(|\b__import__\(")


def forget_modules() -> None:
    """Read every module anew from now on, because files may have been edited."""
    for remembered in (library_files, _imports_of, _files_on_the_way, _homes, _data_files):
        remembered.cache_clear()


@cache
def library_files(source: str, beside: Path) -> frozenset[Path]:
    """Return the files of this package, and the modules lying in the folder `beside`, that `source` reaches.

    Data files in the folder of a package that is reached are included.
    """
    reached: set[Path] = set()
    waiting = list(_resolve(imported_names(source, ""), beside))
    if _COMPUTED.search(source):
        waiting += _whole_package()
    while waiting:
        module = waiting.pop()
        if module in reached:
            continue
        reached.add(module)
        waiting += _imports_of(module, beside)
    folders = {module.parent for module in reached if module.is_relative_to(PACKAGE)}
    return frozenset(reached.union(*(_data_files(folder) for folder in folders)))


def preloadable(sources: Iterable[str], beside: Path, installed: Iterable[str]) -> list[str]:
    """Return the modules that kernels running `sources` will import: ours, and those of `installed` packages."""
    sources = list(sources)
    files = frozenset().union(*(library_files(source, beside) for source in sources))
    ours = sorted(
        _module_name(path) for path in files if path.suffix == ".py" and path.is_relative_to(PACKAGE)
    )
    texts = [*sources, *(path.read_text(encoding="utf-8") for path in files if path.suffix == ".py")]
    named = {name for text in texts for name in imported_names(text, "") if not name.endswith(".*")}
    packages = set(installed)
    return sorted(name for name in named if name.split(".")[0] in packages) + ours


def _module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(source: str, package: str) -> list[str]:
    """Return the dotted names that `source`, a module of `package`, imports.

    `from a import b` gives both a and a.b; `import a` gives a.* too, for what may be taken from it later.
    """
    found: list[str] = []
    for match in _IMPORT.finditer(source):
        if match["modules"]:
            modules = [_first_word(part) for part in match["modules"].split(",")]
            found += [name for module in modules for name in (module, f"{module}.*")]
            continue
        base = _absolute(match["base"], package)
        names = _COMMENT.sub("", match["names"]).strip("() \n\t").split(",")
        found += [base, *(f"{base}.{_first_word(name)}" for name in names if name.strip())]
    return found


def _first_word(part: str) -> str:
    words = part.split()
    return words[0] if words else ""


def _absolute(base: str, package: str) -> str:
    name = base.lstrip(".")
    dots = len(base) - len(name)
    if not dots:
        return name
    parents = package.split(".")
    kept = parents[: len(parents) - dots + 1]
    return ".".join([*kept, name] if name else kept)


def _resolve(names: Iterable[str], beside: Path) -> Iterator[Path]:
    """Give the files of the modules named and of the packages they lie in."""
    for name in names:
        root = PACKAGE.parent if name.partition(".")[0] == PACKAGE.name else beside
        yield from _files_on_the_way(name, root)
        if root == PACKAGE.parent:
            homes = _homes(root.joinpath(*name.split(".")[:-1], "__init__.py"))
            last = name.rpartition(".")[2]
            wanted = homes.values() if last == "*" else filter(None, [homes.get(last)])
            yield from _resolve(wanted, beside)


@cache
def _files_on_the_way(name: str, root: Path) -> tuple[Path, ...]:
    """Return the module or package `name` below `root`, and the packages above it, as far as they are files."""
    parent, dot, _ = name.rpartition(".")
    place = root.joinpath(*name.split("."))
    own = tuple(file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file())
    return _files_on_the_way(parent, root) + own if dot else own


@cache
def _homes(package: Path) -> dict[str, str]:
    """Return where the names live that a package offers lazily."""
    if not package.is_relative_to(PACKAGE) or not package.is_file():
        return {}
    return dict(_HOME.findall(package.read_text(encoding="utf-8")))


@cache
def _imports_of(module: Path, beside: Path) -> tuple[Path, ...]:
    source = module.read_text(encoding="utf-8", errors="replace")
    ours = module.is_relative_to(PACKAGE)
    package = ".".join(module.parent.relative_to(PACKAGE.parent).parts) if ours else ""
    found = list(_resolve(imported_names(source, package), beside))
    if ours and _COMPUTED.search(source) and not _homes(module):
        found += _whole_package()
    return tuple(found)


def _whole_package() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def _data_files(folder: Path) -> frozenset[Path]:
    """Return the files beside a package's modules, also in folders that are no packages themselves."""
    found: set[Path] = set()
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__" and not (entry / "__init__.py").exists():
            found |= {file for file in entry.rglob("*") if file.is_file()}
        elif entry.is_file() and entry.suffix not in (".py", ".pyc"):
            found.add(entry)
    return frozenset(found)
