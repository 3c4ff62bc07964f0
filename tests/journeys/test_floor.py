"""No more calls than must be: a collection against the fewest that could have read the same account.

The fewest are counted by hand here, from what there is, and not from what the declarations ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil
from pathlib import Path

import pytest

from driftkeeper.collect.recording import story_moments
from driftkeeper.domain.canonical import decode
from driftkeeper.domain.types import Json
from driftkeeper.store import read
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import open_engine, parse_url, reading
from driftkeeper.store.schema import upgrade
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.sources import Wanted, recorded
from driftkeeper.workflow.take_snapshot import Taken, take, tasks

STORY = Path(__file__).parents[2] / "fixtures" / "stories" / "quarter"
PAGE = 1000

Found = dict[str, list[dict[str, Json]]]
"""What there is of an account, by evidence type."""


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Taken, Found, int]:
    """The first day of the recorded quarter; what there is of it, and its number of regions."""
    url = f"sqlite:///{tmp_path_factory.mktemp('floor') / 'floor.db'}"
    engine = open_engine(parse_url(url), create=True)
    upgrade(engine)
    source = recorded(STORY, story_moments(STORY)[0].astimezone(UTC), Wanted())
    assert isinstance(story_moments(STORY)[0], datetime)
    config = Config()
    taken = take(engine, config, source, tasks(source, config, ()), None)
    with reading(engine) as connection:
        rows = list(read.resources_at(connection, 1))
        bodies = Blobs(connection).get(row.digest for row in rows if row.digest)
    found: Found = {}
    for row in rows:
        assert row.digest is not None
        found.setdefault(row.scope.evidence, []).append(decode(bodies[row.digest]))
    return taken, found, sum(len(place.regions) for place in source.places)


def pages(rows: Iterable[object], size: int = PAGE) -> int:
    """The pages of a listing: one even when it is empty."""
    return max(1, ceil(len([*rows]) / size))


def test_no_more_calls_are_made_than_must_be(collected: tuple[Taken, Found, int]) -> None:
    taken, found, regions = collected
    calls = sum(sight.coverage.calls for sight in taken.sights)
    least = floor(found, regions, accounts=2)
    assert calls <= 1.1 * least, (calls, least, by_type(taken))


def test_the_floor_that_is_printed_is_not_flattering(collected: tuple[Taken, Found, int]) -> None:
    """It is counted from the questions that were asked, which must not be more than need be either."""
    taken, found, regions = collected
    printed = sum(sight.coverage.least for sight in taken.sights)
    assert printed <= 1.1 * floor(found, regions, accounts=2)


def by_type(taken: Taken) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for sight in taken.sights:
        counts[sight.scope.evidence] += sight.coverage.calls
    return dict(counts.most_common())


def floor(found: Found, regions: int, accounts: int) -> int:
    """The fewest calls, service by service, as AWS's interfaces allow."""

    def of(name: str) -> list[dict[str, Json]]:
        return found.get(name, [])

    iam = accounts * (
        2  # the report is asked for, and fetched
        + 1  # one page of everything: users, groups, roles, policies
        + 1  # roles again: their longest session
        + 1  # virtual MFA devices
        + 5  # summary, password policy, SAML, OIDC, server certificates
        + 1  # features of the organisation
    )
    iam += len({key["UserName"] for key in of("iam.access_key")})
    iam += len([device for device in of("iam.mfa_device") if device.get("Kind") != "virtual"])
    iam += len(of("iam.oidc_provider"))
    lists = [
        entry
        for entry in of("ec2.prefix_list")
        if entry.get("OwnerId") != "AWS" and entry.get("Entries")
    ]
    ec2 = 4 * regions + len(lists)
    cloudtrail = regions + 3 * len(of("cloudtrail.trail"))
    analyzers = of("accessanalyzer.analyzer")
    paid = [one for one in analyzers if one["type"] not in ("ACCOUNT", "ORGANIZATION")]
    seen_by_paid = [
        finding
        for finding in of("accessanalyzer.finding")
        if str(finding.get("findingType", "")).startswith(("Unused", "Internal"))
    ]
    access = regions + 3 * len(analyzers) + len(paid) + len(seen_by_paid)
    detectors = [one for one in of("guardduty.detector") if one["Status"] != "ABSENT"]
    filters, findings = of("guardduty.filter"), of("guardduty.finding")
    guardduty = regions + len(detectors) * (3 + 1 + 2) + len(filters)
    guardduty += min(len(findings), len(detectors))
    keys = of("kms.key")
    own = [key for key in keys if key["KeyMetadata"].get("KeyManager") != "AWS"]
    rotating = [key for key in own if key.get("Rotation") is not None]
    kms = 2 * regions + 4 * len(own) + 2 * len(rotating)
    buckets = of("s3.bucket")
    without = [bucket for bucket in buckets if bucket.get("Policy") is None]
    s3 = accounts * 2 + 10 * len(buckets) - len(without)
    context = accounts * 3  # alias, regions, organisation
    return iam + ec2 + cloudtrail + access + guardduty + kms + s3 + context
