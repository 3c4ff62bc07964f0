"""The estate, collected once for all journeys, and copies of it for those that change it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.journeys import estate
from tests.journeys.program import Program


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recorded answers of every day: `02`, `03`, …"""
    folder = tmp_path_factory.mktemp("recordings")
    for day in estate.DAYS:
        estate.write(folder / f"{day:02}", day)
    return folder


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory, recordings: Path) -> Path:
    """The database with all seven snapshots; nobody may write to it."""
    path = tmp_path_factory.mktemp("collected") / "estate.db"
    collect_all(Program(f"sqlite:///{path}"), recordings)
    return path


@pytest.fixture(scope="session")
def asking(collected: Path) -> Program:
    """The program over the whole estate, to ask only."""
    return Program(f"sqlite:///{collected}")


@pytest.fixture
def changing(collected: Path, tmp_path: Path) -> Program:
    """The program over a copy of the whole estate of this test's own."""
    path = tmp_path / "own.db"
    shutil.copy(collected, path)
    return Program(f"sqlite:///{path}")


@pytest.fixture
def fresh(tmp_path: Path) -> Program:
    """The program over a database without any snapshot."""
    program = Program(f"sqlite:///{tmp_path / 'fresh.db'}")
    assert program("db", "upgrade").code == 0
    return program


def collect_all(program: Program, recordings: Path) -> None:
    """Create the database and collect every day into it."""
    assert program("db", "upgrade").code == 0
    for day in estate.DAYS:
        folder, at = recordings / f"{day:02}", estate.text(estate.at(day))
        ran = program("collect", "--replay", str(folder), "--at", at)
        assert ran.code == (3 if day in (4, 10) else 0), ran.err
