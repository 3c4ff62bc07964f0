"""What a snapshot may not have seen is said on stderr, in JSON, and by the exit code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.types import Cause
from driftkeeper.workflow import sources
from driftkeeper.workflow.sources import Source
from tests.journeys import estate
from tests.journeys.program import Program

UNLISTED = Unseen(Cause.DENIED, "UnauthorizedOperation", "not allowed")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program over an empty database."""
    made = Program(f"sqlite:///{tmp_path / 'x.db'}")
    assert made("db", "upgrade").code == 0
    return made


@pytest.fixture
def replayed(tmp_path: Path) -> tuple[str, ...]:
    """The command that collects the first day of the estate."""
    folder = estate.write(tmp_path / "recording", estate.DAYS[0])
    return ("collect", "--replay", str(folder), "--json")


def test_a_snapshot_that_saw_all_has_no_warnings(program: Program, replayed: tuple[str, ...]):
    ran = program(*replayed)
    assert (ran.code, ran.err, ran.document["warnings"]) == (0, "", [])


def test_regions_that_could_not_be_listed_are_warned_of(
    program: Program, replayed: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    recorded = sources.recorded

    def without_a_list(*arguments: Any) -> Source:
        source = recorded(*arguments)
        places = tuple(replace(place, unlisted=UNLISTED) for place in source.places[:1])
        return replace(source, places=(*places, *source.places[1:]))

    monkeypatch.setattr(sources, "recorded", without_a_list)
    ran = program(*replayed)
    document = ran.document
    assert (ran.code, document["snapshot"]["status"]) == (3, "partial")
    assert document["coverage"]["missed"] == 0
    (warning,) = document["warnings"]
    assert f"the regions of account {estate.PROD} cannot be listed" in warning
    assert ran.complaint == f"warning: {warning}"
