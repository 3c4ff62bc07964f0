"""A journey through all ten evidence items: the real program, in this process, in moto's mended AWS.

Everything is real but AWS: the command line, sessions and their guard, threads, the store.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.cli import collect
from driftkeeper.collect.account import Account, enter
from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.replay import Hook
from driftkeeper.collect.session import Login
from driftkeeper.collect.spec import Reach
from driftkeeper.domain.clock import Clock, FixedClock, SystemClock
from driftkeeper.store import read
from driftkeeper.store.database import open_engine, parse_url, reading
from driftkeeper.workflow import sources
from tests.aws import no_aws_environment as no_aws_environment
from tests.aws.moto import ACCOUNT, Moto, running
from tests.journeys.moto_account import HOME, OTHER, World
from tests.journeys.program import Program

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
OPTIONAL = sorted(name for name, spec in evidence_types().items() if spec.optional)
READ = {n: s for n, s in evidence_types().items() if s.reach is not Reach.ORGANIZATION}
"""What is read of an account: no account of the world lists an organisation."""


class Journey:
    """The program in the world, day after day."""

    def __init__(self, moto: Moto, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.start = SystemClock().now().replace(microsecond=0)
        self.world = World(moto, self.start)
        self._patch, self._folder = patch, folder
        config = folder / "driftkeeper.toml"
        config.write_text(
            f'[collect]\nalso = {json.dumps(OPTIONAL)}\nregions = ["{HOME}", "{OTHER}"]\n'
        )
        self._config = ("--config", str(config))
        self._hook(moto)
        self.program = self.fresh("world.db", self.start)

    def _hook(self, moto: Moto) -> None:
        """Have every session of the program answered by this world, before it is recorded."""

        def answered(login: Login, clock: Clock, agent: str, hooks: Iterable[Hook] = ()) -> Account:
            return enter(login, clock, agent, [*hooks, moto.hook])

        self._patch.setattr(sources, "enter", answered)

    def fresh(self, name: str, now: datetime) -> Program:
        """Return the program with a database of its own."""
        program = Program(f"sqlite:///{self._folder / name}", now=now)
        assert program("db", "upgrade").code == 0
        return program

    def collect(self, day: int, *arguments: str) -> Any:
        """Take the snapshot of a day on which nothing was done."""
        now = self.start + day * DAY
        self.world.pass_a_day(now)
        self._patch.setattr(collect, "SystemClock", lambda: FixedClock(now))
        self.program = replace(self.program, now=now)
        return self.program.json("collect", *self._config, *arguments)

    def replay(self, folder: Path, program: Program) -> Any:
        """Take a snapshot of what was recorded."""
        return program.json("collect", *self._config, "--replay", str(folder))


@pytest.fixture
def journey(
    no_aws_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Journey]:
    with running() as moto:
        yield Journey(moto, tmp_path, monkeypatch)


def _planned() -> int:
    return sum(2 if spec.reach is Reach.REGION else 1 for spec in READ.values())


def test_all_ten_items_are_read_and_what_changes_in_each_is_told(journey: Journey):
    first = journey.collect(0)
    assert first["misses"] == []
    assert first["coverage"]["complete"] == _planned()
    assert first["changes"]["by_kind"] == {"collection.baseline_established": _planned()}
    found = {row["evidence"] for row in _resources(journey.program)}
    # moto signs no digests, and excludes nothing from the block.
    assert found == READ.keys() - {"cloudtrail.digest", "ec2.vpc_block_exclusion"}
    assert {READ[name].item for name in found} == {*range(11)}

    quiet = journey.collect(1)
    assert (quiet["misses"], quiet["changes"]["by_kind"]) == ([], {})

    journey.world.change()
    third = journey.collect(2)
    assert third["misses"] == []
    told = _told(journey.program, 3)
    assert {
        ("iam.user.created", "iam.user"),
        ("iam.root.access_key_created", "iam.credential"),
        ("sg.public_ingress_added", "ec2.exposure"),
        ("cloudtrail.logging_stopped", "cloudtrail.trail"),
        ("kms.rotation_disabled", "kms.key"),
        ("guardduty.disabled", "guardduty.detector"),
        ("guardduty.finding_archived", "guardduty.finding"),
        ("aa.finding_resolved", "accessanalyzer.finding"),
        ("s3.versioning_suspended", "s3.bucket"),
        ("s3.public_access_block_weakened", "s3.bucket"),
        ("nacl.public_ingress_closed", "ec2.network_acl"),
        ("prefix_list.changed", "ec2.prefix_list"),
    } <= {(row["kind"], row["evidence"]) for row in told}
    for name in ("iam.password_policy", "iam.role", "iam.root"):
        assert any(row["kind"].startswith(f"{name}.") for row in told if row["evidence"] == name)
    assert journey.program("check").code == 0


def _told(program: Program, snapshot: int) -> list[Any]:
    rows = program.json("changes")["changes"]
    return [row for row in rows if row["snapshot"] == snapshot]


def _resources(program: Program) -> list[Any]:
    """Return every resource with its configuration and what was observed of it."""
    rows = program.json("resources")["resources"]
    keys = ("account", "region", "evidence", "resource", "body", "observed")
    return [{key: row[key] for key in keys} for row in rows]


def test_counts_tie_out(journey: Journey):
    journey.collect(0)
    scopes = journey.program.json("coverage")["scopes"]
    ties = {(row["evidence"], row["region"]): row["ties"] for row in scopes if row["ties"]}
    assert {name for name, spec in READ.items() if spec.ties} == {name for name, _ in ties}
    odd = [tie for found in ties.values() for tie in found if tie["disagreed"]]
    assert odd == []


def test_no_page_is_lost_however_small_the_pages(journey: Journey):
    journey.collect(0)
    seen = _resources(journey.program)
    journey.world.moto.page = 1000
    again = journey.collect(1)
    assert again["changes"]["by_kind"] == {}
    assert len(_resources(journey.program)) == len(seen)


def test_a_recording_replays_to_the_same_snapshot_digest_for_digest(
    journey: Journey, tmp_path: Path
):
    recording = tmp_path / "recording"
    live = journey.collect(0, "--record", str(recording))
    again = journey.fresh("again.db", journey.start)
    replayed = journey.replay(recording, again)
    assert (replayed["coverage"], replayed["misses"]) == (live["coverage"], [])
    assert replayed["resources"] == live["resources"]
    assert _digests(again) == _digests(journey.program) != []
    assert _resources(again) == _resources(journey.program)

    journey.world.change()
    later = tmp_path / "later"
    journey.collect(1, "--record", str(later))
    again = replace(again, now=journey.start + DAY)
    journey.replay(later, again)
    assert _digests(again) == _digests(journey.program)
    assert _named(again) == _named(journey.program)


def _digests(program: Program) -> list[Any]:
    """Return the digest of every resource, as the store has it."""
    engine = open_engine(parse_url(program.db))
    try:
        with reading(engine) as connection:
            at = len(read.snapshots(connection))
            return [(row.scope, row.key, row.digest) for row in read.resources_at(connection, at)]
    finally:
        engine.dispose()


def _named(program: Program) -> list[Any]:
    """Return each change but for the times between which it happened."""
    rows = program.json("changes")["changes"]
    keys = ("kind", "evidence", "region", "resource", "path", "before", "after")
    return [tuple(json.dumps(row[key]) for key in keys) for row in rows]


def test_planted_secrets_never_reach_the_disk(journey: Journey, tmp_path: Path):
    """Not the recording, not the store, and nothing that is said."""
    world, recording = journey.world, tmp_path / "recording"
    world.moto.state.leaks = True
    answered = json.dumps(world.iam.list_virtual_mfa_devices(), default=str)
    assert "Base32StringSeed" in answered
    assert journey.collect(0, "--record", str(recording))["misses"] == []

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".json", ".db", ".toml"}
    texts = {path: path.read_bytes() for path in files}
    texts[Path("said")] = json.dumps(_resources(journey.program)).encode()
    for path, text in texts.items():
        for secret in world.secrets:
            for spelled in (secret.encode(), base64.b64encode(secret.encode())):
                assert spelled not in text, f"{secret} is in {path}"
    assert any(f"{ACCOUNT}:mfa/alice".encode() in text for text in texts.values())
