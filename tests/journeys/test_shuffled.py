"""Order, pages and what is volatile mean nothing, for every evidence type, through the whole path."""

from __future__ import annotations

import base64
import csv
import io
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.collect import session
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.shape import matches
from driftkeeper.domain.types import Json
from driftkeeper.store.database import Engine, open_engine, parse_url
from driftkeeper.store.schema import upgrade
from driftkeeper.workflow import looking, take_snapshot
from driftkeeper.workflow.take_snapshot import Taken
from tests.journeys.days import REPORT, Account, opened
from tests.journeys.long_answers import LONG
from tests.journeys.report_answers import REPORT_COLUMNS
from tests.journeys.volatile_answers import NOT_MOVED, VOLATILE

pytestmark = pytest.mark.slow

Answers = dict[str, dict[str, Any]]

NEW = "FieldOfTheNextYear"

NAMELESS = {
    "accessanalyzer.GetFindingV2": "details of a finding have no name: with a field more it is another",
    "cloudtrail.GetEventSelectors": "neither have event selectors",
    "ec2.GetManagedPrefixListEntries": "told as an edit of the list",
}
"""Answers whose rows are told apart by all they say, so that a new field tells another row."""

JUDGED = {
    "cloudtrail.digest": "what it says hangs on the hour: a chain of digests has a test of its own"
}
"""Types that are no copy of an answer, and why they are not looked at here."""

SHORT_SETS = {"organizations.account: Paths": "an account has one place in its organisation"}
"""Sets that have fewer than two elements here, and why."""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Account:
    return opened(tmp_path_factory.mktemp("long"), *LONG)


@pytest.fixture(scope="module")
def seen(account: Account, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Taken]:
    """A store in which everything was seen once, and what was seen."""
    path = tmp_path_factory.mktemp("seen") / "seen.db"
    engine = open_engine(parse_url(f"sqlite:///{path}"), create=True)
    upgrade(engine)
    taken = account.take(engine, 0)
    engine.dispose()
    return path, taken


@pytest.fixture
def store(seen: tuple[Path, Taken], tmp_path: Path) -> Iterator[Engine]:
    """A store of the test's own in which everything was seen once."""
    shutil.copy(seen[0], tmp_path / "store.db")
    engine = open_engine(parse_url(f"sqlite:///{tmp_path / 'store.db'}"))
    yield engine
    engine.dispose()


def digests(taken: Taken) -> dict[str, str]:
    return {
        f"{sight.scope} {body.key}": body.digest for sight in taken.sights for body in sight.bodies
    }


def copied(taken: Taken) -> dict[str, str]:
    return {
        key: digest
        for key, digest in digests(taken).items()
        if not any(f"/{name} " in key for name in JUDGED)
    }


# ---- order --------------------------------------------------------------------------------------


def shuffled(answers: Answers, rng: random.Random) -> None:
    """Put every list of every answer into another order, also those inside policies and reports."""
    for name, answer in answers.items():
        _shuffle(answer, rng)
        for text, value in [*answer.items()]:
            if text == "Policy" and isinstance(value, str):
                document = json.loads(value)
                _shuffle(document, rng)
                answer[text] = json.dumps(document, indent=rng.choice((None, 2)))
        if name == REPORT:
            _shuffle_report(answer, rng)


def _shuffle(value: Any, rng: random.Random) -> None:
    if isinstance(value, dict):
        items = [*value.items()]
        rng.shuffle(items)
        value.clear()
        value.update(items)
        for item in value.values():
            _shuffle(item, rng)
    elif isinstance(value, list):
        rng.shuffle(value)
        for item in value:
            _shuffle(item, rng)


def rows_of(answer: dict[str, Any]) -> list[dict[str, str]]:
    text = base64.b64decode(answer["Content"]["$bytes"]).decode()
    return [*csv.DictReader(io.StringIO(text))]


def put_rows(answer: dict[str, Any], rows: list[dict[str, str]]) -> None:
    lines = [",".join(REPORT_COLUMNS), *(",".join(row.values()) for row in rows)]
    answer["Content"] = {"$bytes": base64.b64encode("\n".join(lines).encode()).decode()}


def _shuffle_report(answer: dict[str, Any], rng: random.Random) -> None:
    """Put the rows into another order, and keys into the other slot."""
    rows = rows_of(answer)
    rng.shuffle(rows)
    for row in rows:
        if rng.random() < 0.5:
            for name in [name for name in row if name.startswith("access_key_1_")]:
                other = name.replace("_1_", "_2_")
                row[name], row[other] = row[other], row[name]
    put_rows(answer, rows)


def test_every_set_has_an_order_to_lose(seen: tuple[Path, Taken]) -> None:
    """Without two elements nothing is shuffled, and the next test says nothing."""
    short = {
        f"{name}: {path}"
        for name, spec in evidence_types().items()
        if name not in JUDGED
        for path in spec.sets
        if not any(
            isinstance(found, list) and len(found) > 1
            for sight in seen[1].sights
            if sight.scope.evidence == name
            for body in sight.bodies
            for at, found in _values((), dict(body.config))
            if matches(path, at)
        )
    }
    assert short == SHORT_SETS.keys()


def _values(at: tuple[str, ...], value: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield every value with its path, lists passed through."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*at, name), item
            yield from _values((*at, name), item)
    elif isinstance(value, list):
        for item in value:
            yield from _values(at, item)


@pytest.mark.parametrize("seed", range(3))
def test_order_and_pages_mean_nothing(
    account: Account, store: Engine, seen: tuple[Path, Taken], seed: int
) -> None:
    """Every list of every answer comes in another order, in longer pages, and nothing has changed."""
    rng = random.Random(seed)
    taken = account.take(store, 1, change=lambda all_: shuffled(all_, rng), pages=5)
    assert [(c.scope.evidence, c.kind, c.path, c.says) for c in taken.changes] == []
    assert digests(taken) == digests(seen[1])


# ---- what is volatile ---------------------------------------------------------------------------


def test_volatile_values_mean_nothing(
    account: Account, store: Engine, seen: tuple[Path, Taken]
) -> None:
    """Whatever is declared as observed moves at once, and nothing has changed."""
    taken = account.take(store, 1, (), VOLATILE)
    told = [(c.scope.evidence, c.kind, c.path, c.says) for c in taken.changes]
    assert [change for change in told if change[0] not in JUDGED] == []
    assert copied(taken) == copied(seen[1])
    still = {
        f"{name}: {path}"
        for name, spec in evidence_types().items()
        if name not in JUDGED
        for path in spec.observed
        if _observed(seen[1], name, path) == _observed(taken, name, path)
    }
    assert still == NOT_MOVED.keys()


def _observed(taken: Taken, evidence: str, path: str) -> list[str]:
    """Return what lies at an observed path, in all bodies of a type."""
    return [
        repr((body.key, found))
        for sight in taken.sights
        if sight.scope.evidence == evidence
        for body in sight.bodies
        for found in _inside(dict(body.observed), path.split("."))
    ]


def _inside(value: Json, names: list[str]) -> Iterator[Json]:
    """Yield what lies at the names; between two of them may stand the name of an element."""
    if not names:
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _inside(item, names[1:] if matches(names[0], (name,)) else names)
    elif isinstance(value, list):
        for item in value:
            yield from _inside(item, names)


# ---- a newer botocore ---------------------------------------------------------------------------


def with_new_fields(answers: Answers) -> None:
    """Give every row of every answer a field that nobody knew."""
    for name, answer in answers.items():
        for rows in answer.values():
            if not isinstance(rows, list) or name.removesuffix(".json") in NAMELESS:
                continue
            for row in rows:
                if isinstance(row, dict):
                    row[NEW] = "x"


def test_fields_of_a_newer_botocore_are_told_as_that(
    account: Account, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody changed anything, and the log says so of each of these."""
    for module in (looking, take_snapshot):
        monkeypatch.setattr(module, "BOTOCORE_VERSION", f"{session.BOTOCORE_VERSION}.1")
    taken = account.take(store, 1, change=with_new_fields)
    assert {(c.kind, c.direction, c.tool_upgrade) for c in taken.changes} == {
        ("resource.attribute_changed", "neutral", True)
    }
    assert {c.path.split("/")[-1] for c in taken.changes} == {NEW}
    assert len({c.scope.evidence for c in taken.changes}) > 15
