"""How long a collection waits: against answers that each take their time, and with how much memory.

The account is that of the recorded quarter, grown by many buckets and keys; what answers is the replay
with a pause in front of it, so that the clients, their threads and their budgets are the real ones.
"""

from __future__ import annotations

import json
import shutil
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3

from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import declared_calls
from driftkeeper.collect.recording import Recording, open_recording
from driftkeeper.collect.replay import replaying
from driftkeeper.collect.session import Login, open_clients
from driftkeeper.domain.clock import SystemClock
from driftkeeper.store.database import Engine
from driftkeeper.store.schema import upgrade
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.sources import Place, Source
from driftkeeper.workflow.take_snapshot import Taken, take, tasks
from tests.bench.year import scratch, sqlite_store

LATENCY = 0.04
"""Seconds until AWS answers, as from another continent or a busy control plane."""

_STORY = Path(__file__).parents[2] / "fixtures" / "stories" / "quarter"
_BUCKETS = 150
_KEYS = 150
_NAMES = ("Name", "KeyId", "KeyArn")
_AGENT = "driftkeeper/bench"


def waited() -> tuple[float, int, int]:
    """Return the seconds that collecting took, its calls, and how many may be in flight at a time."""
    config = Config()
    with _grown() as folder, sqlite_store() as engine:
        source = _source(folder, LATENCY)
        started = time.perf_counter()
        taken = _take(engine, source, config)
        seconds = time.perf_counter() - started
    return seconds, sum(s.coverage.calls for s in taken.sights), config.collect.workers


def peak(regions: int, groups: int) -> int:
    """Return the most bytes that Python held while so many regions of security groups were collected."""
    with scratch() as folder, sqlite_store() as engine:
        names = [f"eu-test-{n}" for n in range(regions)]
        account = _account(Recording(folder, ()), "111122223333", [partial(_many, groups)])
        place = Place(account.id, "", account, tuple(names))
        source = Source((place,), SystemClock(), "live")
        tracemalloc.start()
        try:
            _take(engine, source, Config(), ("ec2.security_group",))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def _take(engine: Engine, source: Source, config: Config, evidence: tuple[str, ...] = ()) -> Taken:
    upgrade(engine)
    return take(engine, config, source, tasks(source, config, evidence), None)


def _source(folder: Path, latency: float) -> Source:
    recording = open_recording(folder, None)
    identity = recording.accounts[0]

    def pause(session: boto3.Session) -> None:
        session.events.register_first("before-call.*.*", lambda **_: time.sleep(latency))

    account = _account(recording, identity, [pause, replaying(recording, identity)])
    place = Place(identity, "", account, tuple(recording.regions(identity)))
    return Source((place,), SystemClock(), "live")


def _account(recording: Recording, identity: str, hooks: list[Any]) -> Account:
    def signed(session: boto3.Session) -> None:
        session._session.set_credentials("bench", "bench")

    clients = open_clients(Login(identity), declared_calls(), _AGENT, [signed, *hooks])
    return Account(identity, "aws", f"arn:aws:iam::{identity}:role/bench", clients)


@contextmanager
def _grown() -> Iterator[Path]:
    """Give the first day of the recorded quarter with many more buckets and keys in one account."""
    with scratch() as folder:
        account = min((_STORY / "base").iterdir(), key=lambda entry: (entry.is_file(), entry.name))
        there = folder / account.name
        shutil.copytree(account, there)
        region = json.loads((there / "meta.json").read_text())["regions"][0]
        _grow(there / "aws-global" / "s3.ListBuckets.json", "Buckets", _BUCKETS, region)
        _grow(there / region / "kms.ListKeys.json", "Keys", _KEYS, region)
        for service in ("s3", "kms"):
            _answer_for_all(there / region, service)
        yield folder


def _grow(path: Path, name: str, number: int, region: str) -> None:
    """Add copies of a row to a listing, each under a name of its own."""
    answer = json.loads(path.read_text())
    like = next(row for row in answer[name] if row.get("BucketRegion", region) == region)
    for n in range(number):
        mark = f"{n:012d}"
        names = {key: like[key][:-12] + mark for key in _NAMES if key in like}
        answer[name].append({**like, **names})
    path.write_text(json.dumps(answer))


def _answer_for_all(folder: Path, service: str) -> None:
    """Let one recorded answer of each operation answer for resources that have none of their own."""
    for path in sorted(folder.glob(f"{service}.*~*.json")):
        bare = folder / f"{path.name.partition('~')[0]}.json"
        if not bare.exists() and "Error" not in json.loads(path.read_text()):
            shutil.copy(path, bare)


def _many(groups: int, session: boto3.Session) -> None:
    """Answer for a region full of security groups, made when they are asked for."""

    def answer(context: dict[str, Any], **_: Any) -> Any:
        region = context["client_region"]
        found = [_group(region, n) for n in range(groups)]
        return SimpleNamespace(status_code=200), {"SecurityGroups": found, "ResponseMetadata": {}}

    session.events.register("before-call.ec2.DescribeSecurityGroups", answer)


def _group(region: str, number: int) -> dict[str, Any]:
    ranges = [{"CidrIp": f"10.{n}.0.0/16", "Description": f"office {n}"} for n in range(10)]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges}
    return {
        "GroupId": f"sg-{region}-{number}",
        "GroupName": f"group-{number}",
        "OwnerId": "111122223333",
        "IpPermissions": [rule],
        "IpPermissionsEgress": [],
    }
