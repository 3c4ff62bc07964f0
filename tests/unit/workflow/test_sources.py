"""Whatever the store knows is accounted for again, and nothing is said of what nobody could look at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import CONTEXT_CALLS
from driftkeeper.collect.session import Login
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.clock import FixedClock
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.types import Cause, Outcome, Scope
from driftkeeper.store import read
from driftkeeper.store.database import Engine, reading
from driftkeeper.workflow import sources
from driftkeeper.workflow.compare import compare
from driftkeeper.workflow.config import CollectConfig, Config, RegionExclude
from driftkeeper.workflow.config_accounts import AccountConfig
from driftkeeper.workflow.looking import Task
from driftkeeper.workflow.sources import Source, Wanted, due, live, recorded
from driftkeeper.workflow.take_snapshot import Taken, known_scopes, take, tasks
from tests.aws import (
    ACCOUNT,
    HOME,
    NOW,
    Error,
    Script,
    Ticking,
    clients,
    no_aws_environment as no_aws_environment,
)
from tests.unit.workflow import small

OTHER = "444455556666"
EU, US = "eu-west-1", "us-east-1"
GROUPS = "ec2.security_group"
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("no_aws_environment")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A store without any snapshot."""
    made = small.empty(tmp_path)
    yield made
    made.dispose()


def _recording(folder: Path, regions: Mapping[str, Sequence[str]], name: str = "web") -> Path:
    """Write accounts whose regions each have one security group of this name."""
    for account, places in regions.items():
        for region in places:
            group = {
                "GroupId": f"sg-{region}",
                "GroupName": name,
                "OwnerId": account,
                "IpPermissions": [],
                "IpPermissionsEgress": [],
            }
            path = folder / account / region / "ec2.DescribeSecurityGroups.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"SecurityGroups": [group]}), encoding="utf-8")
        path = folder / account / "meta.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"regions": list(places)}), encoding="utf-8")
    return folder


def _take(
    engine: Engine,
    folder: Path,
    at: datetime,
    config: Config | None = None,
    wanted: Wanted | None = None,
    only: set[Scope] | None = None,
) -> Taken:
    config, known = config or Config(), known_scopes(engine)
    source = recorded(folder, at, wanted or Wanted(), due(config, known))
    return take(engine, config, source, tasks(source, config, [GROUPS], only), None)


def _outcomes(taken: Taken) -> dict[tuple[str, str], tuple[str, str | None]]:
    """The outcome and the cause of each planned place."""
    return {
        (sight.scope.account, sight.scope.region): (
            str(sight.coverage.outcome),
            sight.coverage.cause,
        )
        for sight in taken.sights
    }


def _groups(*places: tuple[str, str]) -> list[Scope]:
    return [Scope(account, region, GROUPS) for account, region in places]


SEEN = ("complete", None)
NOT_RUN = ("missed", "not_run")


class TestRecorded:
    BOTH: Mapping[str, Sequence[str]] = {ACCOUNT: [EU, US], OTHER: [EU]}

    def test_a_region_that_is_not_recorded_any_more_is_missed_and_not_forgotten(
        self, engine: Engine, tmp_path: Path
    ):
        _take(engine, _recording(tmp_path / "1", {ACCOUNT: [EU, US]}), NOW)
        second = _take(engine, _recording(tmp_path / "2", {ACCOUNT: [EU]}), NOW + DAY)
        assert _outcomes(second) == {(ACCOUNT, EU): SEEN, (ACCOUNT, US): NOT_RUN}
        assert second.snapshot.status is Outcome.PARTIAL
        assert [c.kind for c in second.changes] == ["collection.scope_lost"]
        (miss,) = (miss for sight in second.sights for miss in sight.misses)
        assert (miss.code, miss.message) == ("NotRecorded", "us-east-1 is not recorded any more")

    def test_an_account_that_is_not_looked_at_is_left_to_other_collectors(
        self, engine: Engine, tmp_path: Path
    ):
        _take(engine, _recording(tmp_path / "1", self.BOTH), NOW)
        second = _take(engine, _recording(tmp_path / "2", {ACCOUNT: [EU, US]}), NOW + DAY)
        assert {account for account, _ in _outcomes(second)} == {ACCOUNT}

    @pytest.mark.parametrize(
        ("wanted", "planned"),
        [
            (Wanted(accounts=(ACCOUNT,)), {(ACCOUNT, EU), (ACCOUNT, US)}),
            (Wanted(regions=(EU,)), {(ACCOUNT, EU)}),
            (Wanted((ACCOUNT,), (EU,)), {(ACCOUNT, EU)}),
        ],
    )
    def test_only_what_was_asked_for_is_planned(
        self, engine: Engine, tmp_path: Path, wanted: Wanted, planned: set[tuple[str, str]]
    ):
        _take(engine, _recording(tmp_path / "1", self.BOTH), NOW)
        second = _take(
            engine, _recording(tmp_path / "2", {ACCOUNT: [EU]}), NOW + DAY, wanted=wanted
        )
        assert set(_outcomes(second)) == planned

    def test_regions_that_the_configuration_leaves_out_are_not_planned(
        self, engine: Engine, tmp_path: Path
    ):
        _take(engine, _recording(tmp_path / "1", self.BOTH), NOW)
        config = Config(collect=CollectConfig(regions=(EU,)))
        folder = _recording(tmp_path / "2", {ACCOUNT: [EU]})
        assert set(_outcomes(_take(engine, folder, NOW + DAY, config))) == {(ACCOUNT, EU)}

    def test_a_retry_plans_what_was_missed(self, engine: Engine, tmp_path: Path):
        _take(engine, _recording(tmp_path / "1", self.BOTH), NOW)
        folder = _recording(tmp_path / "2", self.BOTH)
        third = _take(engine, folder, NOW + DAY, only={*_groups((ACCOUNT, US))})
        assert _outcomes(third) == {(ACCOUNT, US): SEEN}

    def test_the_account_that_lists_an_organisation_is_the_one_recorded_so(self, tmp_path: Path):
        folder = _recording(tmp_path / "1", self.BOTH)
        meta = {"regions": [EU], "organization": True}
        (folder / OTHER / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
        source = recorded(folder, NOW, Wanted())
        assert [place.organization for place in source.places] == [False, True]
        planned = tasks(source, Config(), ["organizations.account"])
        assert [task.scope for task in planned] == [
            Scope(OTHER, "aws-global", "organizations.account")
        ]


class TestDue:
    KNOWN = _groups((ACCOUNT, EU), (ACCOUNT, US), (OTHER, EU), (OTHER, US))

    def test_all_that_is_known_is_due(self):
        assert due(Config(), self.KNOWN) == self.KNOWN

    def test_an_account_of_its_own_regions_is_due_in_these(self):
        config = Config(
            accounts=(AccountConfig(id=ACCOUNT, regions=(US,)),),
            collect=CollectConfig(regions=(EU,)),
        )
        assert due(config, self.KNOWN) == _groups((ACCOUNT, US), (OTHER, EU))

    def test_what_is_account_wide_has_no_region_to_leave_out(self):
        users = [Scope(ACCOUNT, "aws-global", "iam.user")]
        assert due(Config(collect=CollectConfig(regions=(EU,))), users) == users


REGIONS = {
    "Regions": [
        {"RegionName": EU, "OptInStatus": "opt-in-not-required"},
        {"RegionName": US, "OptInStatus": "not-opted-in"},
    ]
}
DENIED = Error("UnauthorizedOperation", "not allowed", 403)


class TestLive:
    @pytest.fixture
    def answers(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """What AWS says of the regions; an account is entered unless it is named as closed."""
        said: dict[str, Any] = {"regions": REGIONS, "closed": ()}

        def enter(login: Login, *_: object) -> Account:
            account = login.account or ACCOUNT
            if account in said["closed"]:
                raise Unseen(Cause.DENIED, "AccessDenied", "no")
            script = Script({(HOME, "ec2.DescribeRegions"): said["regions"]})
            made = clients(script, CONTEXT_CALLS, account)
            return Account(account, "aws", f"arn:aws:iam::{account}:user/audit", made)

        monkeypatch.setattr(sources, "enter", enter)
        return said

    def _planned(self, source: Source, config: Config | None = None) -> dict[str, list[str]]:
        """The regions of security groups that are planned, by account."""
        found: dict[str, list[str]] = {}
        for task in tasks(source, config or Config(), [GROUPS]):
            found.setdefault(task.scope.account, []).append(task.scope.region)
        return found

    def test_a_region_that_is_off_is_told_so_and_other_accounts_are_left_to_others(
        self, answers: dict[str, Any]
    ):
        known = _groups((ACCOUNT, US), (OTHER, EU))
        source = live(Config(), Wanted(), known, Ticking())
        assert self._planned(source) == {ACCOUNT: [EU, US]}
        (own,) = source.places
        assert own.off[US].cause is Cause.REGION_OFF

    def test_a_closed_account_is_missed_where_it_was_asked_for(self, answers: dict[str, Any]):
        answers["closed"] = (OTHER,)
        config = Config(accounts=(AccountConfig(id=ACCOUNT), AccountConfig(id=OTHER)))
        known = _groups((OTHER, EU), (OTHER, US))
        assert self._planned(live(config, Wanted(), known, Ticking()))[OTHER] == [EU, US]
        asked = live(config, Wanted(regions=(EU,)), known, Ticking())
        assert self._planned(asked)[OTHER] == [EU]

    def test_without_a_list_of_regions_the_known_ones_are_looked_at_and_that_is_said(
        self, answers: dict[str, Any]
    ):
        answers["regions"] = DENIED
        source = live(Config(), Wanted(), _groups((ACCOUNT, US)), Ticking())
        assert self._planned(source) == {ACCOUNT: [US]}
        (warning,) = source.warnings
        assert f"the regions of account {ACCOUNT} cannot be listed" in warning
        assert "UnauthorizedOperation: not allowed" in warning

    def test_regions_that_somebody_names_need_no_list(self, answers: dict[str, Any]):
        answers["regions"] = DENIED
        known = _groups((ACCOUNT, US))
        config = Config(collect=CollectConfig(regions=(EU,)))
        for source in (
            live(Config(), Wanted(regions=(EU,)), known, Ticking()),
            live(config, Wanted(), known, Ticking()),
        ):
            assert self._planned(source) == {ACCOUNT: [EU]}
            assert source.warnings == ()

    def test_an_excluded_region_is_told_with_its_reason_and_not_asked(
        self, answers: dict[str, Any]
    ):
        answers["regions"] = {
            "Regions": [
                {"RegionName": name, "OptInStatus": "opt-in-not-required"} for name in (EU, US)
            ]
        }
        exclude = (RegionExclude(region=US, reason="holds nothing"),)
        config = Config(collect=CollectConfig(exclude=exclude))
        source = live(config, Wanted(), (), Ticking())
        assert self._planned(source, config) == {ACCOUNT: [EU, US]}
        (place,) = source.places
        assert (place.regions, str(place.off[US])) == ((EU,), "skipped: Excluded: holds nothing")

    def test_an_account_whose_regions_are_unknown_stops_no_other(self, answers: dict[str, Any]):
        answers["regions"] = DENIED
        config = Config(accounts=(AccountConfig(id=ACCOUNT), AccountConfig(id=OTHER)))
        source = live(config, Wanted(), _groups((OTHER, EU)), Ticking())
        assert [place.regions for place in source.places] == [(), (EU,)]
        assert len(source.warnings) == 2

    def test_alone_it_is_an_error(self, answers: dict[str, Any]):
        answers["regions"] = DENIED
        with pytest.raises(UsageError, match="allow ec2:DescribeRegions, or name regions"):
            live(Config(), Wanted(), (), Ticking())


class TestTake:
    def test_a_snapshot_without_a_list_of_regions_is_not_complete(
        self, engine: Engine, tmp_path: Path
    ):
        source = recorded(_recording(tmp_path / "1", {ACCOUNT: [EU]}), NOW, Wanted())
        unlisted = Unseen(Cause.DENIED, "UnauthorizedOperation", "not allowed")
        (place,) = source.places
        source = replace(source, places=(replace(place, unlisted=unlisted),))
        taken = take(engine, Config(), source, self._plan(source), None)
        assert [sight.coverage.outcome for sight in taken.sights] == [Outcome.COMPLETE]
        assert taken.snapshot.status is Outcome.PARTIAL

    def test_a_change_is_dated_between_the_start_of_a_look_and_the_end_of_the_next(
        self, engine: Engine, tmp_path: Path
    ):
        clock = Ticking(NOW, tick=5)
        self._with_clock(engine, _recording(tmp_path / "1", {ACCOUNT: [EU]}, "web"), clock)
        clock.at += DAY
        second = self._with_clock(engine, _recording(tmp_path / "2", {ACCOUNT: [EU]}, "db"), clock)
        with reading(engine) as connection:
            rows = list(read.coverage_between(connection, NOW, NOW + 2 * DAY))
            (net,) = compare(connection, *read.snapshots(connection)).net
        first, last = (row.coverage for row in rows)
        (change,) = second.changes
        assert first.as_of < first.ended < last.as_of < last.ended
        assert (change.not_before, change.not_after) == (first.as_of, last.ended)
        assert (net.not_before, net.not_after) == (first.as_of, last.ended)
        assert last == second.sights[0].coverage

    @pytest.mark.parametrize(
        ("name", "why"), [("replay", "the recorded answers are of"), ("live", "machine's clock")]
    )
    def test_no_snapshot_is_taken_before_the_latest(
        self, engine: Engine, tmp_path: Path, name: str, why: str
    ):
        source = recorded(_recording(tmp_path / "1", {ACCOUNT: [EU]}), NOW, Wanted())
        take(engine, Config(), source, self._plan(source), None)
        late = replace(source, name=name, clock=FixedClock(NOW - timedelta(seconds=1)))
        with pytest.raises(UsageError, match=why):
            take(engine, Config(), late, self._plan(late), None)

    @pytest.mark.parametrize("name", ["replay", "live"])
    def test_nor_when_another_one_came_in_between(self, engine: Engine, tmp_path: Path, name: str):
        """The lock is one machine's; the store itself is asked again before anything is written."""
        source = recorded(_recording(tmp_path / "1", {ACCOUNT: [EU]}), NOW, Wanted())
        late = replace(source, name=name)

        def another(*_: object) -> None:
            small.take(engine, NOW + DAY, [small.saw(small.KEYS, NOW + DAY)])

        with pytest.raises(UsageError, match="is newer"):
            take(engine, Config(), late, self._plan(late), None, another)
        assert [scope.evidence for scope in known_scopes(engine)] == ["kms.key"]

    def _plan(self, source: Source) -> list[Task]:
        return tasks(source, Config(), [GROUPS])

    def _with_clock(self, engine: Engine, folder: Path, clock: Ticking) -> Taken:
        source = replace(recorded(folder, clock.at, Wanted()), clock=clock)
        return take(engine, Config(), source, self._plan(source), None)
