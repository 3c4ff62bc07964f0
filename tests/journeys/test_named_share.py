"""How much has a kind of its own, as the program says: in the demo's story, and on the bench's estate."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.store.database import open_engine, parse_url
from tests.bench.estate import Plan
from tests.bench.measures import unnamed
from tests.bench.year import live
from tests.journeys.program import Program

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LIMIT = 5.0
ASK = ("catalog", "kinds", "--coverage")
MONTH = Plan(accounts=2, resources=150, days=30, seed=6, changing=0.05, missing=0.02)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program over the demo's database."""
    folder = tmp_path_factory.mktemp("named") / "folder"
    database = f"sqlite:///{folder / 'demo.db'}"
    assert Program("sqlite:////nonexistent/other.db", NOW)("demo", "--dir", str(folder)).code == 0
    return Program(database, NOW)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nearly_every_change_of_the_story_has_a_kind_of_its_own(demo: Program) -> None:
    found = demo.json(*ASK)["recorded"]

    assert found["changes"] == len(demo.json("changes")["changes"]) > 100
    assert found["unnamed"] == sum(row["changes"] for row in found["paths"])
    assert found["unnamed_percent"] < LIMIT


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_people_read_the_same_shares(demo: Program) -> None:
    found, text = demo.json(*ASK), demo(*ASK).out

    assert f"{found['declared']['unnamed_percent']}%" in text
    assert f"of {found['recorded']['changes']} changes" in text
    assert f"({found['recorded']['unnamed_percent']}%)" in text
    for row in found["recorded"]["paths"][:5]:
        assert row["evidence"] in text


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nearly_every_change_of_a_busy_month_has_a_kind_of_its_own(tmp_path: Path) -> None:
    engine = open_engine(parse_url(f"sqlite:///{tmp_path / 'x.db'}"), create=True)
    try:
        live(engine, MONTH)
        ratio = unnamed(engine)
    finally:
        engine.dispose()
    assert 100 * ratio.value < LIMIT


def test_without_a_store_only_what_is_declared_is_counted(tmp_path: Path) -> None:
    nowhere = Program(f"sqlite:///{tmp_path / 'none.db'}")
    found = nowhere.json(*ASK)

    assert found["schema"] == "catalog-kinds-coverage/1"
    assert found["recorded"] is None
    assert found["declared"]["unnamed_percent"] < LIMIT
    assert not (tmp_path / "none.db").exists(), "to ask makes no database"
    assert "there is no store" in nowhere(*ASK).out


def test_a_store_without_changes_has_none_unnamed(fresh: Program) -> None:
    found = fresh.json(*ASK)["recorded"]

    assert found == {
        "changes": 0,
        "no_setting": 0,
        "unnamed": 0,
        "unnamed_percent": 0.0,
        "paths": [],
    }


def test_what_is_listed_as_unnamed_is_as_many_as_counted(fresh: Program) -> None:
    found: dict[str, Any] = fresh.json(*ASK)["declared"]
    unnamed_paths = [row for row in found["paths"] if row["standing"] == "unnamed"]

    assert len(unnamed_paths) == found["unnamed"] == sum(r["unnamed"] for r in found["evidence"])
    assert all((row["why"] is None) == (row["standing"] != "no_setting") for row in found["paths"])


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["kms.rotation_*"], {"kms.rotation_disabled", "kms.rotation_enabled"}),
        (["iam.idp.added"], {"iam.idp.added"}),
        (["iam.idp.added", "iam.root.us?d"], {"iam.idp.added", "iam.root.used"}),
    ],
)
def test_kinds_are_chosen_by_name_and_glob(
    fresh: Program, wanted: list[str], names: set[str]
) -> None:
    found = {kind["name"] for kind in fresh.json("catalog", "kinds", *wanted)["kinds"]}

    assert names <= found
    assert all(name.startswith(("kms.rotation", *names)) for name in found)


def test_a_glob_gives_a_table_and_a_name_all_that_is_known(fresh: Program) -> None:
    table = fresh("catalog", "kinds", "kms.key_*").out.splitlines()
    assert table[0].split() == ["KIND", "DIRECTION", "SEVERITY", "CRITERIA"]
    assert {"kms.key_disabled", "weakened", "medium", "CC6.7"} <= {*" ".join(table).split()}

    (kind,) = fresh.json("catalog", "kinds", "kms.replica_added")["kinds"]
    told = fresh("catalog", "kinds", "kms.replica_added").out
    for key in ("trigger", "means", "advice", "says", "path"):
        assert kind[key] in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("kms.rotation_disable",), "did you mean kms.rotation_disabled?"),
        (("zzz.*",), "no kind of change is called 'zzz.*'"),
        (("--coverage", "kms.*"), "--coverage is about all kinds"),
    ],
)
def test_what_does_not_fit_is_said(fresh: Program, arguments: tuple[str, ...], said: str) -> None:
    ran = fresh("catalog", "kinds", *arguments)

    assert ran.code == 2
    assert said in ran.err


def test_json_of_kinds_is_sorted_and_whole(fresh: Program) -> None:
    document = json.loads(fresh("catalog", "kinds", "--json").out)
    keys = {"name", "evidence", "on", "path", "direction", "severity", "criteria", "says"}

    assert all(keys | {"trigger", "means", "advice"} == kind.keys() for kind in document["kinds"])
    names = [kind["name"] for kind in document["kinds"]]
    assert names == sorted(names)
