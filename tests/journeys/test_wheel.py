"""What is built and installed works by itself: migrations and stories are inside the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_RUN = (sys.executable, "-c", "from driftkeeper.cli.main import main; main()")
_WHERE = (
    "import driftkeeper; from driftkeeper.workflow.demo import story_folder;"
    "from driftkeeper.store.schema import migrations_folder;"
    "print(driftkeeper.__file__, migrations_folder(), story_folder(), sep='\\n')"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel and nothing else."""
    built, target = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("installed")
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built))
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(target)
    return target


def _run(installed: Path, folder: Path, *command: str) -> str:
    environment = {"PYTHONPATH": str(installed), "PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.slow
def test_an_installed_wheel_finds_its_own_migrations_and_story(
    installed: Path, tmp_path: Path
) -> None:
    found = _run(installed, tmp_path, sys.executable, "-c", _WHERE).splitlines()
    assert len(found) == 3
    assert all(place.startswith(str(installed)) for place in found)


@pytest.mark.slow
def test_an_installed_wheel_collects_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    assert "at schema" in _run(installed, tmp_path, *_RUN, "init")
    story = installed / "driftkeeper" / "_fixtures" / "stories" / "quarter"
    told = _run(
        installed, tmp_path, *_RUN, "collect", "--replay", str(story), "--at", "2026-07-01T03:00Z"
    )
    assert told.startswith("Snapshot #1 of 2026-07-01 03:00 UTC: 123 scopes complete")


def test_the_wheel_holds_no_tests_and_no_generator(installed: Path) -> None:
    names = {path.relative_to(installed).parts[0] for path in installed.iterdir()}
    assert {name.split("-")[0] for name in names} == {"driftkeeper"}
    assert not list(installed.rglob("write_quarter.py"))
