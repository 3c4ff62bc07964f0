"""Declarations are found by lying in a package's modules; nothing else is needed, and none is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from driftkeeper.domain.registry import discover, discover_by


@dataclass(frozen=True)
class Thing:
    """What the packages of these tests declare."""

    name: str


Package = Callable[..., ModuleType]
IMPORT = "from tests.unit.domain.test_registry import Thing\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """Make an importable package out of the texts of its modules."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "tests.unit.domain.test_registry", sys.modules[__name__])

    def make(**modules: str) -> ModuleType:
        folder = tmp_path / "declared"
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        for name, text in modules.items():
            (folder / f"{name}.py").write_text(IMPORT + text)
        import declared  # type: ignore[import-not-found]

        made: ModuleType = declared
        return made

    yield make
    for name in [name for name in sys.modules if name.split(".")[0] == "declared"]:
        del sys.modules[name]


def test_every_value_of_every_module_is_found_by_name_and_in_order(package: Package) -> None:
    made = package(
        zebra='A = Thing("middle")',
        ant='B = Thing("last")\n_PRIVATE = Thing("first")\nother = "no thing"',
        empty="",
    )
    assert list(discover(made, Thing)) == ["first", "last", "middle"]


def test_tuples_and_lists_of_them_count(package: Package) -> None:
    made = package(many='ALL = (Thing("a"), Thing("b"), "no thing")\nMORE = [Thing("c")]')
    assert list(discover(made, Thing)) == ["a", "b", "c"]


def test_one_declaration_under_several_names_is_one(package: Package) -> None:
    made = package(
        one='A = Thing("a")\nALIAS = A\nALL = (A,)', two="from declared.one import A, ALL\n"
    )
    assert list(discover(made, Thing)) == ["a"]


def test_two_declarations_of_one_name_are_refused_even_if_they_are_equal(package: Package) -> None:
    made = package(one='A = Thing("a")', two='A = Thing("a")')
    with pytest.raises(ValueError, match=r"a is declared twice, again in declared\.two"):
        discover(made, Thing)


def test_by_a_key_of_its_own_declarations_may_share_a_name(package: Package) -> None:
    made = package(one='A = Thing("a")\nB = Thing("b")', two='A = Thing("A")')
    assert list(discover_by(made, Thing, lambda thing: (thing.name.lower(), thing.name))) == [
        ("a", "A"),
        ("a", "a"),
        ("b", "b"),
    ]
    with pytest.raises(ValueError, match="declared twice"):
        discover_by(made, Thing, lambda thing: thing.name.lower())


def test_a_package_without_declarations_has_none(package: Package) -> None:
    assert discover(package(empty="B = 1"), Thing) == {}
