"""Names in the documentation are names of things that exist, and the other way round."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.derive.catalog import facts
from driftkeeper.diff.catalog import declared, kinds
from driftkeeper.diff.spec import ChangeKind
from driftkeeper.domain import chain, timeline, types
from driftkeeper.domain.types import Direction, Severity
from driftkeeper.store.tables import metadata
from driftkeeper.workflow.config import Config
from tests.docs.generate import ROOT, pages
from tests.docs.reading import code_blocks, code_spans

_TERM = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# Where the documentation needs a thing that does not exist.
_INVENTED = {"docs/extending.md"}


def _glossary() -> dict[str, str]:
    rows = _TERM.findall((ROOT / "docs" / "glossary.md").read_text("utf-8"))
    return {term: meaning for term, meaning, _ in rows[2:]}


def test_dotted_names_are_those_of_kinds_evidence_types_and_facts() -> None:
    known = {*kinds(), *evidence_types(), *facts()}
    families = {name.split(".")[0] for name in known}
    name = re.compile(rf"(?:{'|'.join(families)})\.[a-z_.]*[a-z]")
    calls = {
        f"{c.service}.{c.operation}" for spec in evidence_types().values() for c in spec.calls()
    }
    unknown = [
        (str(path.relative_to(ROOT)), span)
        for path in pages()
        if str(path.relative_to(ROOT)) not in _INVENTED
        for span in code_spans(path.read_text("utf-8"))
        if name.fullmatch(span) and span not in known | calls
    ]
    assert unknown == []


def test_the_first_lines_of_the_readme_are_sentences_of_the_program() -> None:
    block = next(code_blocks((ROOT / "README.md").read_text("utf-8")))
    lines = [line.split(maxsplit=2) for line in block.text.splitlines()]
    assert lines
    for mark, severity, sentence in lines:
        known = [kind for kind in declared() if _could_say(kind, sentence)]
        direction = {"▼": Direction.WEAKENED, "▲": Direction.STRENGTHENED}[mark]
        assert direction in {kind.direction for kind in known}
        assert severity in {*Severity}


def _could_say(kind: ChangeKind, sentence: str) -> bool:
    pattern = re.sub(r"\\\{.*?\\\}", ".+", re.escape(kind.says))
    return re.fullmatch(pattern, sentence) is not None


def test_glossary_terms_are_in_order_and_told_once() -> None:
    terms = list(_glossary())
    assert len(terms) > 30
    assert terms == sorted(set(terms))


@pytest.mark.parametrize(
    "noun", ["Scope", "Miss", "Body", "Coverage", "Sight", "Change", "Snapshot", "JournalEntry"]
)
def test_every_noun_of_the_code_is_in_the_glossary(noun: str) -> None:
    assert hasattr(types, noun) or hasattr(chain, noun) or hasattr(timeline, noun)
    words = re.sub(r"Entry$", "", noun).lower()
    assert words in _glossary()


@pytest.mark.parametrize(
    ("term", "values"),
    [
        ("outcome", types.Outcome),
        ("cause", types.Cause),
        ("direction", types.Direction),
        ("severity", types.Severity),
    ],
)
def test_the_glossary_names_every_value(term: str, values: type) -> None:
    assert re.findall(r"`([a-z_]+)`", _glossary()[term]) == [str(value) for value in values]  # type: ignore[attr-defined]


def test_every_term_is_used_outside_the_glossary() -> None:
    texts = [path.read_text("utf-8") for path in pages() if path.name != "glossary.md"]
    texts += [path.read_text("utf-8") for path in (ROOT / "driftkeeper").rglob("*.py")]
    everything = "\n".join(texts).lower()
    assert [term for term in _glossary() if not re.search(rf"\b{term}", everything)] == []


def test_every_table_is_told_of() -> None:
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    assert [table for table in metadata.tables if f"`{table}`" not in text] == []


def test_every_key_of_the_configuration_is_told_of() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    keys = [
        key
        for section in Config.model_fields.values()
        for model in [getattr(section.annotation, "model_fields", None)]
        for key in model or ()
    ]
    assert len(keys) >= 8
    assert [key for key in keys if f"`{key}`" not in text.split("## Keys")[1]] == []


def _modules() -> list[Path]:
    folders = (ROOT / "driftkeeper", ROOT / "migrations")
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert said.split("\n")[0].endswith((".", ":", ";", "?")) or "\n" in said
    assert len(said) > 20
