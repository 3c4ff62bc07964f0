"""What the page of changes says of each kind is true of what the program tells."""

from __future__ import annotations

import re

from driftkeeper.diff.catalog import declared, kinds
from driftkeeper.domain.types import Direction, Severity
from tests.cases.case import told
from tests.cases.tables import CASES
from tests.docs.generate import ROOT
from tests.docs.kinds import services
from tests.docs.weights import directions, severities


def test_each_change_weighs_as_the_page_says() -> None:
    possible: dict[str, tuple[set[Direction], set[Severity]]] = {}
    for kind in declared():
        both = possible.setdefault(kind.name, (set(), set()))
        both[0].update(directions(kind))
        both[1].update(severities(kind))
    for case in CASES.values():
        for change in told(case):
            assert change.direction in possible[change.kind][0]
            assert change.severity in possible[change.kind][1]


def test_each_kind_has_a_direction_and_a_severity_that_can_be_told() -> None:
    assert [kind.name for kind in declared() if not directions(kind) or not severities(kind)] == []


def test_a_weight_that_depends_has_more_than_one_value() -> None:
    """Else it would not depend, or the functions that decide it could not be read."""
    assert [k.name for k in declared() if callable(k.direction) and len(directions(k)) < 2] == []
    assert [k.name for k in declared() if callable(k.severity) and len(severities(k)) < 2] == []


def test_each_kind_is_in_its_service_and_has_an_anchor_once() -> None:
    text = services()
    headings = re.findall(r"^#### (.+)$", text, re.MULTILINE)
    links = re.findall(r"^\| \[(.+?)\]\(#(.+?)\)", text, re.MULTILINE)

    assert headings == [*kinds()]
    assert links == [(name, name.replace(".", "")) for name in kinds()]
    assert len({anchor for _, anchor in links}) == len(links)


def test_the_page_is_no_book() -> None:
    assert len((ROOT / "docs" / "changes.md").read_text("utf-8").splitlines()) < 5000
