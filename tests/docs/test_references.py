"""What the pages point at is there: files, modules, links, and the texts that troubleshooting quotes."""

import ast
import functools
import re
from pathlib import Path
from typing import Final

import pytest

from tests.docs.markdown import PAGES, ROOT, links, prose, spans, tables

PATHS: Final = re.compile(r"^(?:\.ci|benchmarks|docs|smoothx_tui|tests|themes)/[\w./-]+$")
GAP: Final = "\x00"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    inside = [link.partition("#")[0] for link in links(page) if "://" not in link]
    assert [link for link in inside if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = [span for span in spans(prose(page)) if PATHS.match(span) or re.fullmatch(r"[\w/]+\.py", span)]
    assert [name for name in named if not (ROOT / name).exists() and not _somewhere(name)] == []


def _somewhere(name: str) -> bool:
    """A page whose subject is a folder names the files in it by the rest of their path."""
    return any(next(ROOT.glob(f"{folder}/**/{name}"), None) for folder in ("smoothx_tui", "tests", "benchmarks"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_are_run_exist(page: Path) -> None:
    modules = re.findall(r"python3? -m ((?:smoothx_tui|tests|benchmarks)[\w.]*)", page.read_text(encoding="utf-8"))
    assert [name for name in modules if not _module(name)] == []


def _module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


@functools.cache
def texts_of_the_code() -> tuple[str, ...]:
    """Every text of the package; what is put in when it is said is a gap."""
    found = []
    for file in sorted((ROOT / "smoothx_tui").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else GAP for part in node.values)
                found.append("".join(str(part) for part in parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return tuple(" ".join(text.split()) for text in found)


def is_said(piece: str) -> bool:
    """Within one text of the code, or as one of them with its gaps filled in."""
    return any(piece in text or (GAP in text and _fills(piece, text)) for text in texts_of_the_code())


def _fills(piece: str, text: str) -> bool:
    constants = text.split(GAP)
    if sum(map(len, constants)) < len(piece) / 3:
        return False
    return re.fullmatch(".*?".join(map(re.escape, constants)), piece) is not None


QUOTED: Final = sorted(
    {
        (table.page.name, quoted)
        for page in PAGES
        for table in tables(page)
        if table.head[0] in {"text", "it says", "line"}
        for row in table.rows
        for quoted in spans(row[0])
        if not quoted.startswith("exit ")
    }
)


def test_there_are_texts_to_look_for() -> None:
    assert len(QUOTED) > 30


@pytest.mark.parametrize(("page", "quoted"), QUOTED)
def test_a_text_that_is_explained_is_one_that_is_said(page: str, quoted: str) -> None:
    """`…` stands for what differs; so do the pieces that the code puts in."""
    pieces = [piece.strip() for piece in quoted.split("…") if piece.strip(" .")]
    assert pieces
    assert [piece for piece in pieces if not is_said(" ".join(piece.split()))] == [], page
