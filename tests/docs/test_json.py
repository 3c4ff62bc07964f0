"""The JSON examples in the documentation have exactly the keys that the program prints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest
from typer.testing import CliRunner

from driftkeeper.cli.main import app, hoisted
from driftkeeper.domain.errors import CredentialsError
from tests.docs.generate import ROOT
from tests.docs.reading import code_blocks

STORY = ROOT / "fixtures" / "stories" / "quarter"

_FREE = {"body", "observed", "by_kind", "before", "after", "parameters"}
"""What holds whatever AWS answered, or one key per kind."""

_OF_COMMAND = {
    "collect/1": ("collect", "--replay", str(STORY), "--at"),
    "collect-plan/1": ("collect", "--dry-run", "--replay", str(STORY), "--at", "2026-07-01"),
    "attribute/1": ("attribute", "--replay", str(STORY), "--at", "2026-09-30T12:00Z"),
    "snapshots/1": ("snapshots",),
    "coverage/1": ("coverage",),
    "resources/1": ("resources",),
    "show/1": ("show", "{user}"),
    "history/1": ("history", "{user}"),
    "changes/1": ("changes",),
    "diff/1": ("diff", "first", "latest"),
    "check/1": ("check",),
    "doctor/1": ("doctor",),
    "init/1": ("init",),
    "db-upgrade/1": ("db", "upgrade"),
    "db-current/1": ("db", "current"),
    "catalog-evidence/1": ("catalog", "evidence"),
    "catalog-facts/1": ("catalog", "facts"),
    "catalog-controls/1": ("catalog", "controls"),
    "catalog-criteria/1": ("catalog", "criteria"),
    "catalog-kinds/1": ("catalog", "kinds"),
    "catalog-kinds-coverage/1": ("catalog", "kinds", "--coverage"),
    "catalog-iam-policy/1": ("catalog", "iam-policy"),
}

Keys = set[tuple[str, ...]]


@dataclass
class Program:
    """The program, on a store of its own: what it has collected, and one user that it found."""

    where: tuple[str, ...]
    collected: list[Any] = field(default_factory=list)
    user: str = ""

    def run(self, *arguments: str) -> Any:
        """Run a command; return the JSON it prints."""
        result = CliRunner().invoke(app, hoisted([*arguments, *self.where, "--json"]))
        # A doctor who may enter no account finds something to fix.
        assert result.exit_code in (0, 3) or arguments == ("doctor",), result.output
        return json.loads(result.stdout)


def _examples() -> list[Any]:
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    return [json.loads(block.text) for block in code_blocks(text) if block.language == "json"]


def _keys(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every key, those of all elements of a list under one name."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*at, name)
            if name not in _FREE:
                yield from _keys(item, (*at, name))
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item, at)


def _days() -> list[str]:
    """Return days of the story: its first, one with a miss, and one with a partial sight."""
    truth = json.loads((STORY / "truth.json").read_text("utf-8"))
    unseen = {item["outcome"]: item["date"] for item in truth["unseen"]}
    return ["2026-07-01", *sorted(unseen.values())]


def _closed(*_: object) -> NoReturn:
    raise CredentialsError("no AWS credentials found; log in")


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """No account is entered, whatever credentials the machine has."""
    monkeypatch.setattr("driftkeeper.workflow.sources.enter", _closed)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("json")
    database, config = f"sqlite:///{folder / 'x.db'}", str(folder / "driftkeeper.toml")
    made = Program(("--db", database, "--config", config))
    made.run("init")
    made.collected = [made.run(*_OF_COMMAND["collect/1"], f"{day}T03:00Z") for day in _days()]
    made.user = made.run("resources", "--evidence", "iam.user")["resources"][0]["resource"]
    return made


@pytest.mark.parametrize("example", _examples(), ids=lambda example: example["schema"])
def test_an_example_has_the_keys_that_the_program_prints(example: Any, program: Program) -> None:
    schema = example["schema"]
    if schema == "collect/1":
        printed = program.collected
    else:
        words = [word.format(user=program.user) for word in _OF_COMMAND[schema]]
        printed = [program.run(*words)]
    assert {document["schema"] for document in printed} == {schema}
    real, told = _comparable(printed, [example])
    assert told - real == set()
    assert real - told == set()


@pytest.mark.parametrize("what", ["evidence", "facts", "kinds"])
def test_an_example_of_the_catalogue_is_in_it(what: str, program: Program) -> None:
    (example,) = (found for found in _examples() if found["schema"] == f"catalog-{what}/1")
    (entry,) = example[what]
    assert entry in program.run("catalog", what)[what]


def _comparable(real: list[Any], told: list[Any]) -> tuple[Keys, Keys]:
    """Return the keys of both, without what lies in lists that one of the two has empty."""
    both = (set(_keys(real)), set(_keys(told)))
    leaves = {
        path for keys in both for path in keys if not any(deeper[:-1] == path for deeper in keys)
    }

    def is_known(path: tuple[str, ...]) -> bool:
        return not any(path[:depth] in leaves for depth in range(1, len(path)))

    return set(filter(is_known, both[0])), set(filter(is_known, both[1]))


def test_every_document_that_the_program_prints_has_an_example() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "driftkeeper" / "cli").glob("*.py")]
    printed = {
        f"{name}/1" for text in sources for name in re.findall(r'document\(\s*"([a-z-]+)"', text)
    }
    assert "changes/1" in printed
    assert printed - {"demo/1"} <= {example["schema"] for example in _examples()}
    assert {example["schema"] for example in _examples()} == set(_OF_COMMAND)
