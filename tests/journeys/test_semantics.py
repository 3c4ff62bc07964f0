"""What the answers mean: intervals, coverage, gaps, moments, net differences, retries."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import estate
from tests.journeys.conftest import collect_all
from tests.journeys.estate import BASTION, DESKTOP, IRELAND, KEY, PROD, STAGE, VIRGINIA
from tests.journeys.program import Program

LISTED = "ec2.security_group"
LISTING = f"{PROD}/{VIRGINIA}/{LISTED}"


def kinds(document: Any) -> list[str]:
    return [change["kind"] for change in document["changes"]]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def snapshots(document: Any) -> set[int]:
    return {change["snapshot"] for change in document["changes"]}


def of(document: Any, scope: str) -> Any:
    """The row of one scope in a coverage document."""
    (row,) = [
        row
        for row in document["scopes"]
        if f"{row['account']}/{row['region']}/{row['evidence']}" == scope
    ]
    return row


# ---- intervals ------------------------------------------------------------------------------


def test_without_an_interval_every_change_is_told_oldest_first(asking: Program) -> None:
    document = asking.json("changes")
    assert len(document["changes"]) == 35
    times = [change["not_after"] for change in document["changes"]]
    assert times == sorted(times)
    start, end = map(moment, document["interval"].values())
    assert all(start <= moment(time) < end for time in times)
    assert end - moment("2026-03-10T06:00:00Z") < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--since 2026-03-05", {4, 5, 6, 7}),
        ("--since 2026-03-05T06:00Z", {4, 5, 6, 7}),
        ("--since 2026-03-05T06:01Z", {5, 6, 7}),
        ("--until 2026-03-05", {1, 2, 3, 4}),
        ("--until 2026-03-05T06:00Z", {1, 2, 3}),
        ("--since 2026-03-04 --until 2026-03-05", {3, 4}),
        ("--period 2026-03-04..2026-03-05", {3, 4}),
        ("--since #4", {5, 6, 7}),
        ("--until #4", {1, 2, 3, 4}),
        ("--since #2 --until #4", {3, 4}),
        ("--since first --until latest", {2, 3, 4, 5, 6, 7}),
        ("--since #4 --until 2026-03-06", {5}),
        ("--since latest", set()),
        ("--since yesterday", {6, 7}),
        ("--since today", {7}),
        ("--since 2d", {6, 7}),
        ("--period last-month", set()),
        ("--period 2026-03", {1, 2, 3, 4, 5, 6, 7}),
        ("--period 2026Q1", {1, 2, 3, 4, 5, 6, 7}),
        ("--period FY2026Q1", {1, 2, 3, 4, 5, 6, 7}),
        ("--period 2025", set()),
        ("--period 2026-03-07..2026-03-08", set()),
    ],
)
def test_a_change_lies_in_the_interval_when_the_sight_that_showed_it_does(
    asking: Program, arguments: str, expected: set[int]
) -> None:
    assert snapshots(asking.json("changes", *arguments.split())) == expected


def test_a_sight_is_as_of_its_own_time(asking: Program) -> None:
    """The credential report is an hour older than its snapshot, and so are its changes."""
    early = asking.json("changes", "--period", "2026-03-03T04:30Z..2026-03-03T05:30Z")
    assert [(c["evidence"], c["snapshot"]) for c in early["changes"]] == [("iam.credential", 2)]


def test_days_are_cut_in_the_configured_zone(asking: Program, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[period]\ntimezone = 'Pacific/Auckland'\nfiscal_year_start = 4", "utf-8")
    # 3 March there ends at 11:00 UTC, so the snapshot of 06:00 UTC is of its evening.
    document = asking.json("--config", str(path), "changes", "--period", "2026-03-03")
    assert document["interval"] == {"from": "2026-03-02T11:00:00Z", "until": "2026-03-03T11:00:00Z"}
    assert snapshots(document) == {2}
    fiscal = asking.json("--config", str(path), "changes", "--period", "FY2026Q4")
    assert fiscal["interval"]["from"] == "2025-12-31T11:00:00Z"


def test_an_open_interval_ends_now_so_that_days_without_a_run_show(asking: Program) -> None:
    later = replace(asking, now=datetime(2026, 3, 20, 12, tzinfo=UTC))
    document = later.json("changes", "--since", "2026-03-11")
    assert document["changes"] == []
    assert document["interval"]["until"] == "2026-03-20T12:00:00Z"
    assert document["coverage_percent"] == 0.0
    text = later("changes", "--since", "2026-03-11").out
    assert "0 changes from" in text
    assert "2026-03-11 00:00 to 2026-03-20 12:00 UTC  not_run: all 15 scopes" in text
    assert later("changes", "--since", "today").code == 0


def test_answers_replayed_for_a_time_to_come_can_be_asked_for(asking: Program) -> None:
    before = replace(asking, now=datetime(2025, 1, 1, tzinfo=UTC))
    assert len(before.json("changes")["changes"]) == 35
    assert snapshots(before.json("changes", "--since", "2026-03-05")) == {4, 5, 6, 7}
    assert before.json("coverage", "--period", "2026-03")["percent"] == 68.0


# ---- filters --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ("--kind sg.*", 6),
        ("--kind sg.* --kind kms.*", 7),
        ("--kind sg.rule_?emoved", 1),
        ("--direction strengthened", 4),
        ("--direction weakened --direction strengthened", 12),
        ("--severity critical", 1),
        ("--severity high --direction weakened", 6),
        ("--severity medium --account 111122223333 --region aws-global", 3),
        ("--evidence ec2.exposure", 3),
        ("--evidence ec2.security_group --kind sg.*", 6),
        ("--account 444455556666", 7),
        ("--account 111122223333 --account 444455556666", 35),
        ("--region us-east-1 --evidence cloudtrail.trail --kind cloudtrail.*", 2),
        ("--criterion cc6.6", 6),
        ("--criterion CC6.6 --severity high --since #2", 2),
        ("--resource trail/main", 2),
        (f"--resource {BASTION} --direction weakened", 1),
        ("--resource alice --account 444455556666", 0),
    ],
)
def test_filters_combine(asking: Program, arguments: str, count: int) -> None:
    assert len(asking.json("changes", *arguments.split())["changes"]) == count


def test_an_evidence_type_includes_the_facts_about_it(asking: Program) -> None:
    document = asking.json("changes", "--evidence", "ec2.security_group", "--since", "first")
    assert {change["evidence"] for change in document["changes"]} == {
        "ec2.security_group",
        "ec2.exposure",
    }
    causes = {change["id"]: change["kind"] for change in document["changes"]}
    exposed = [c for c in document["changes"] if c["kind"].startswith("sg.public_ingress")]
    assert [causes[change["caused_by"]] for change in exposed] == [
        "sg.rule_added",
        "sg.rule_removed",
        "sg.rule_added",
    ]


def test_an_account_may_be_named(asking: Program, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f"[[accounts]]\nid = '{STAGE}'\nname = 'staging'", "utf-8")
    own = ("--config", str(path))
    assert len(asking.json(*own, "changes", "--account", "staging")["changes"]) == 7
    assert asking.json(*own, "show", "alice", "--account", "staging")["account"] == STAGE
    found = asking.json(*own, "resources", "--account", "staging")["resources"]
    assert {resource["account"] for resource in found} == {STAGE}


def test_what_could_not_be_seen_is_told_of_what_was_asked_for(asking: Program) -> None:
    """A gap elsewhere says nothing of these changes."""
    blind = asking("changes", "--since", "#2", "--until", "#4", "--region", VIRGINIA).out
    assert f"2026-03-03 06:00 to 2026-03-05 06:00 UTC  denied: {LISTING}" in blind
    clear = asking("changes", "--since", "#2", "--until", "#4", "--account", STAGE).out
    assert "100.0% of the expected sights were complete from" in clear
    assert "Not seen" not in clear
    for narrow in (["--resource", DESKTOP], ["--kind", "sg.*", "--region", VIRGINIA]):
        document = asking.json("changes", "--since", "#2", "--until", "#4", *narrow)
        assert document["coverage_percent"] == 66.6, narrow
    everything = asking.json("changes", "--since", "#2", "--until", "#4", "--kind", "resource.*")
    assert everything["coverage_percent"] == 95.5


def test_the_gaps_of_what_was_asked_for_come_with_the_changes(asking: Program) -> None:
    document = asking.json("changes", "--since", "#2", "--until", "#4")
    listing = {"account": PROD, "region": VIRGINIA, "evidence": LISTED}
    gap = {"from": "2026-03-03T06:00:00Z", "until": "2026-03-05T06:00:00Z", "causes": ["denied"]}
    assert document["gaps"] == [{**listing, **gap}]
    assert (
        asking.json("changes", "--since", "#2", "--until", "#4", "--account", STAGE)["gaps"] == []
    )
    ending = asking.json("changes", "--until", "#3")["out_of_sight"]
    assert ending == [{**listing, "last_seen": "2026-03-03T06:00:00Z"}]
    assert asking.json("changes", "--until", "#3", "--region", IRELAND)["out_of_sight"] == []


def test_baselines_are_counted_for_people_unless_they_ask_for_them(asking: Program) -> None:
    text = asking("changes", "--until", "2026-03-02").out
    assert text.startswith("15 changes from")
    assert "15 scopes were seen completely for the first time" in text
    assert text.count("collection.baseline_established") == 1
    asked = asking("changes", "--kind", "collection.baseline*", "--verbose").out
    assert asked.count("collection.baseline_established") == 15


# ---- coverage -------------------------------------------------------------------------------


def test_a_day_on_which_nobody_collected_counts_as_missed(asking: Program) -> None:
    row = of(asking.json("coverage"), f"{STAGE}/aws-global/iam.user")
    counts = {name: row[name] for name in ("expected", "complete", "partial", "missed")}
    assert counts == {"expected": 9, "complete": 7, "partial": 0, "missed": 2}
    assert row["percent"] == 77.7, "rounded down: only all of them are 100"


def test_a_gap_runs_from_sight_to_sight_with_its_causes(asking: Program) -> None:
    document = asking.json("coverage")
    assert of(document, LISTING)["gaps"] == [
        {"from": "2026-03-03T06:00:00Z", "until": "2026-03-05T06:00:00Z", "causes": ["denied"]},
        {"from": "2026-03-06T06:00:00Z", "until": "2026-03-09T06:00:00Z", "causes": ["not_run"]},
    ]
    partial = of(document, f"{PROD}/{IRELAND}/kms.key")
    assert (partial["partial"], len(partial["gaps"])) == (1, 1), "partly seen is no gap"
    assert document["percent"] == 75.5
    assert document["carry_hours"] == 36


def test_the_carry_limit_is_configured(asking: Program, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[period]\ncarry_hours = 72", "utf-8")
    own = asking.json("--config", str(path), "coverage")
    assert all(row["gaps"] == [] for row in own["scopes"]), "72 hours are not longer than 72"
    assert own["percent"] == 75.5, "the days are missed all the same"
    assert "No gap longer than 72 h." in asking("--config", str(path), "coverage").out


def test_a_period_counts_up_to_now_and_not_today(asking: Program) -> None:
    """At noon of the 10th, March has had ten days, of which the first was before the first run."""
    row = of(asking.json("coverage", "--period", "2026-03"), f"{STAGE}/aws-global/iam.user")
    assert (row["expected"], row["complete"], row["missed"]) == (10, 7, 3)
    night = replace(asking, now=estate.at(11, 1))
    row = of(night.json("coverage", "--period", "2026-03"), f"{STAGE}/aws-global/iam.user")
    assert row["expected"] == 10, "the run of the 11th may still come"
    after = replace(asking, now=datetime(2026, 4, 2, tzinfo=UTC))
    row = of(after.json("coverage", "--period", "2026-03"), f"{STAGE}/aws-global/iam.user")
    assert (row["expected"], row["complete"], row["missed"]) == (31, 7, 24)
    assert row["gaps"][-1] == {
        "from": "2026-03-10T05:00:00Z",  # who has which device is as of the report
        "until": "2026-04-01T00:00:00Z",
        "causes": ["not_run"],
    }


def test_a_sight_from_before_the_period_carries_into_it(asking: Program) -> None:
    document = asking.json("coverage", "--period", "2026-03-04..2026-03-06")
    row = of(document, f"{STAGE}/aws-global/iam.user")
    assert (row["expected"], row["gaps"]) == (3, [])
    # Only 30 hours of the period were blind, but the gap began two days before it.
    document = asking.json("coverage", "--period", "2026-03-08..2026-03-10")
    row = of(document, f"{STAGE}/aws-global/iam.user")
    assert row["gaps"] == [
        {"from": "2026-03-08T00:00:00Z", "until": "2026-03-09T05:00:00Z", "causes": ["not_run"]}
    ]


def test_a_piece_of_a_day_is_not_a_lost_day(asking: Program) -> None:
    """The snapshot of the 4th was taken before the interval began."""
    interval = ("--since", "2026-03-04T12:00Z", "--until", "2026-03-05")
    document = asking.json("changes", *interval, "--account", STAGE)
    assert document["coverage_percent"] == 100.0
    hours = ("--since", "2026-03-04T12:00Z", "--until", "2026-03-04T14:00Z")
    assert asking.json("changes", *hours)["coverage_percent"] is None
    assert "No sight was expected from 2026-03-04 12:00" in asking("changes", *hours).out


def test_a_gap_of_two_causes_names_both(changing: Program, recordings: Path) -> None:
    """Denied on Tuesday, nobody ran on Wednesday and Thursday."""
    day = ("collect", "--replay", str(recordings / "09"), "--at", estate.text(estate.at(13)))
    assert changing(*day).code == 0
    last = of(changing.json("coverage"), LISTING)["gaps"][-1]
    assert last["from"] == "2026-03-09T06:00:00Z"
    assert last["until"] == "2026-03-13T06:00:00Z"
    assert last["causes"] == ["denied", "not_run"]


# ---- moments --------------------------------------------------------------------------------


def test_a_resource_is_shown_as_it_was(asking: Program) -> None:
    def ports(at: str) -> list[int]:
        rules = asking.json("show", BASTION, "--at", at)["body"]["IpPermissions"]
        return sorted(rule["FromPort"] for rule in rules)

    assert ports("#1") == ports("2026-03-02") == ports("2026-03-03T05:59Z") == [443]
    assert ports("#2") == ports("2026-03-03") == ports("2026-03-03T06:00Z") == [22, 443]
    assert ports("#3") == ports("latest") == ports("today") == [443]


def test_what_is_out_of_sight_is_shown_as_last_seen_and_says_so(asking: Program) -> None:
    during = asking.json("show", DESKTOP, "--at", "#3")
    assert during["body"]["IpPermissions"] == []
    assert during["last_seen"] == "2026-03-03T06:00:00Z"
    assert during["coverage_at"] == {
        "taken_at": "2026-03-04T06:00:00Z",
        "outcome": "missed",
        "cause": "denied",
    }
    assert [miss["code"] for miss in during["misses"]] == ["UnauthorizedOperation"]
    after = asking.json("show", DESKTOP, "--at", "#4")
    assert after["last_seen"] == "2026-03-05T06:00:00Z"
    assert (after["coverage_at"]["outcome"], after["misses"]) == ("complete", [])
    assert after["first_seen"] == "2026-03-02T06:00:00Z"


def test_an_unseen_detail_keeps_its_last_value_and_is_named(asking: Program) -> None:
    during = asking.json("show", KEY, "--at", "#3")
    assert during["body"]["Rotation"]["KeyRotationEnabled"] is True
    assert during["coverage_at"]["outcome"] == "partial"
    assert [miss["detail"] for miss in during["misses"]] == ["Rotation"]
    assert "not seen: Rotation (denied)" in asking("show", KEY, "--at", "#3").out
    assert asking.json("show", KEY, "--at", "#4")["body"]["Rotation"]["KeyRotationEnabled"] is False


def test_a_resource_is_shown_as_every_evidence_type_sees_it(asking: Program) -> None:
    document = asking.json("show", "carol")
    assert document["evidence"] == "iam.user"
    assert [view["evidence"] for view in document["also"]] == ["iam.credential"]
    only = asking.json("show", "carol", "--evidence", "iam.credential")
    assert (only["evidence"], only["also"]) == ("iam.credential", [])


def test_a_resource_is_found_by_any_unambiguous_end(asking: Program) -> None:
    arn = f"arn:aws:ec2:{IRELAND}:{PROD}:security-group/{BASTION}"
    for name in (arn, BASTION, BASTION[-6:], f"security-group/{BASTION}"):
        assert asking.json("show", name)["resource"] == arn
    assert asking.json("show", "trail/main")["resource"] == estate.TRAIL
    assert asking.json("show", "main")["resource"] == estate.TRAIL
    assert asking.json("show", "root", "--account", STAGE)["account"] == STAGE


def test_where_nobody_could_look_a_resource_is_not_said_to_be_absent(
    fresh: Program, recordings: Path
) -> None:
    fresh("collect", "--replay", str(recordings / "04"))
    fresh("collect", "--replay", str(recordings / "05"))
    ran = fresh("show", DESKTOP, "--at", "#1")
    assert ran.code == 2
    assert "was not known, and its scope could not be seen, at #1" in ran.complaint


def test_what_was_gone_before_nobody_looked_is_said_to_have_been_gone(
    changing: Program, recordings: Path
) -> None:
    """Carol was gone on #8, and #9 looked at keys only."""
    day = ("collect", "--replay", str(recordings / "06"), "--at", "2026-03-10T09:00Z")
    changing(*day, "--evidence", "iam.user", "--evidence", "iam.credential")
    changing(*day[:-1], "2026-03-10T10:00Z", "--evidence", "kms.key")
    ran = changing("show", "carol")
    assert ran.code == 2
    assert "was not there when last looked for, and its scope was not seen at #9" in ran.complaint


def test_resources_are_listed_as_of_a_moment(asking: Program) -> None:
    def names(*arguments: str) -> list[str]:
        found = asking.json("resources", "--evidence", "iam.user", *arguments)["resources"]
        return [resource["resource"].rsplit("/")[-1] for resource in found]

    assert names("--account", PROD) == ["alice", "bob", "carol"]
    assert names("--account", PROD, "--at", "#1") == ["alice", "bob"]
    assert names("--account", PROD, "--at", "2026-03-03") == ["alice", "bob", "carol"]
    assert names("--account", PROD, "--at", "2026-03-07") == ["alice", "bob"]
    assert names("--at", "first") == ["alice", "bob", "alice"]
    counts = Counter(r["region"] for r in asking.json("resources")["resources"])
    assert counts == {"aws-global": 12, IRELAND: 3, VIRGINIA: 2}
    assert len(asking.json("resources", "--region", VIRGINIA)["resources"]) == 2


def test_resources_out_of_sight_are_listed_and_named(asking: Program) -> None:
    document = asking.json("resources", "--at", "#3")
    assert document["out_of_sight"] == [
        {
            "account": PROD,
            "region": VIRGINIA,
            "evidence": "ec2.security_group",
            "last_seen": "2026-03-03T06:00:00Z",
        }
    ]
    assert any(r["resource"].endswith(DESKTOP) for r in document["resources"])
    assert asking.json("resources", "--at", "#4")["out_of_sight"] == []


# ---- history --------------------------------------------------------------------------------


def test_versions_follow_each_other_and_tombstones_say_when_it_was_gone(asking: Program) -> None:
    document = asking.json("history", "carol", "--evidence", "iam.user")
    versions = document["versions"]
    assert [version["from"] for version in versions] == [
        "2026-03-03T06:00:00Z",
        "2026-03-06T06:00:00Z",
        "2026-03-09T06:00:00Z",
    ]
    assert [version["until"] for version in versions[:-1]] == [v["from"] for v in versions[1:]]
    assert versions[-1]["until"] is None
    assert [version["tombstone"] for version in versions] == [False, True, False]
    assert [version["digest"] is None for version in versions] == [False, True, False]
    assert versions[0]["digest"] != versions[2]["digest"], "another person of the same name"


def test_a_history_has_the_changes_of_the_resource_and_its_facts_in_order(asking: Program) -> None:
    document = asking.json("history", BASTION)
    assert kinds(document) == [
        "sg.rule_added",
        "sg.public_ingress_added",
        "sg.rule_removed",
        "sg.public_ingress_removed",
    ]
    first, second, third = document["versions"]
    assert first["digest"] == third["digest"] != second["digest"], "back to what it was"


def test_a_history_as_one_evidence_type_sees_it_has_only_its_changes(asking: Program) -> None:
    document = asking.json("history", "carol", "--evidence", "iam.credential")
    assert {version["evidence"] for version in document["versions"]} == {"iam.credential"}
    assert {change["evidence"] for change in document["changes"]} == {"iam.credential"}
    assert len(kinds(document)) < len(kinds(asking.json("history", "carol")))


def test_the_present_version_holds_as_far_as_anybody_saw(asking: Program) -> None:
    *_, last = asking.json("history", DESKTOP)["versions"]
    assert (last["until"], last["last_seen"]) == (None, "2026-03-09T06:00:00Z")
    assert "as last seen 2026-03-09 06:00" in asking("history", DESKTOP).out
    first, *_, seen = asking.json("history", BASTION)["versions"]
    assert (first["last_seen"], seen["last_seen"]) == (None, "2026-03-10T06:00:00Z")
    assert "seen up to 2026-03-10 06:00" in asking("history", BASTION).out


def test_the_old_name_of_a_renamed_user_has_the_renaming_in_its_history(
    fresh: Program, recordings: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(recordings / "03", tmp_path / "renamed"))
    for path in (folder / STAGE / "aws-global").glob("iam.*.json"):
        answer = path.read_text(encoding="utf-8").replace("user/alice", "user/alicia")
        path.write_text(answer.replace('"alice"', '"alicia"'), encoding="utf-8")
    fresh("collect", "--replay", str(recordings / "02"))
    assert fresh("collect", "--replay", str(folder)).code == 0
    place = ("--account", STAGE, "--evidence", "iam.user")
    for name in (f"{STAGE}:user/alice", f"{STAGE}:user/alicia"):
        assert "iam.user.renamed" in kinds(fresh.json("history", name, *place))


def test_a_history_may_be_cut_to_a_period(asking: Program) -> None:
    document = asking.json("history", BASTION, "--period", "2026-03-04..2026-03-06")
    assert kinds(document) == ["sg.rule_removed", "sg.public_ingress_removed"]
    assert [version["snapshot"] for version in document["versions"]] == [2, 3]


# ---- differences ----------------------------------------------------------------------------


def test_a_net_difference_leaves_out_what_came_and_went(asking: Program) -> None:
    net = asking.json("diff", "#1", "#3")
    assert BASTION not in json.dumps(net["changes"])
    assert sorted(kinds(net)) == ["iam.user.created", "resource.created"]
    gross = asking.json("diff", "#1", "#3", "--gross")
    between = [change for change in gross["changes"] if change["transient"]]
    assert kinds({"changes": between}) == [
        "sg.rule_added",
        "sg.public_ingress_added",
        "sg.rule_removed",
        "sg.public_ingress_removed",
    ]
    assert [c for c in gross["changes"] if not c["transient"]] == net["changes"]
    assert "4 more came and went in between: see --gross." in asking("diff", "#1", "#3").out


def test_steps_of_scopes_that_cannot_be_compared_have_not_come_and_gone(
    fresh: Program, recordings: Path
) -> None:
    """The desktop group was first seen on the 5th; what it opened later it still has open."""
    for number in ("04", "03", "05"):
        day = ("collect", "--replay", str(recordings / number))
        fresh(*day, "--at", f"2026-03-0{4 + ('04', '03', '05').index(number)}T06:00Z")
    assert "sg.rule_added" in kinds(fresh.json("changes", "--resource", DESKTOP))
    gross = fresh.json("diff", "#1", "#3", "--gross")
    assert {"account": PROD, "region": VIRGINIA, "evidence": LISTED} in gross["not_comparable"]
    assert not any(DESKTOP in c["resource"] for c in gross["changes"])


def test_a_net_change_spans_both_moments(asking: Program) -> None:
    (change,) = [
        c
        for c in asking.json("diff", "#1", "#4")["changes"]
        if c["kind"] == "kms.rotation_disabled"
    ]
    assert (change["not_before"], change["not_after"]) == (
        "2026-03-02T06:00:00Z",
        "2026-03-05T06:00:00Z",
    )
    assert (change["previous_snapshot"], change["snapshot"]) == (1, 4)


def test_between_neighbours_the_net_difference_is_what_was_recorded(asking: Program) -> None:
    for number in range(1, 7):
        net = asking.json("diff", f"#{number}", f"#{number + 1}")
        recorded = asking.json("changes", "--since", f"#{number}", "--until", f"#{number + 1}")
        told = {c["id"] for c in recorded["changes"] if not c["kind"].startswith("collection.")}
        if number not in (3,):  # across the blind day the recorded window is longer
            assert {c["id"] for c in net["changes"]} == told


def test_the_same_moment_has_no_difference(asking: Program) -> None:
    for a, b in (("#4", "#4"), ("latest", "latest"), ("2026-03-07", "2026-03-08")):
        assert asking.json("diff", a, b)["changes"] == []


def test_days_stand_for_their_last_snapshot(asking: Program) -> None:
    document = asking.json("diff", "2026-03-03", "2026-03-08")
    assert document["from"]["snapshot"] == 2
    assert document["until"]["snapshot"] == 5


def test_scopes_out_of_sight_are_named(asking: Program) -> None:
    scope = {"account": PROD, "region": VIRGINIA, "evidence": "ec2.security_group"}
    assert asking.json("diff", "#2", "#3")["stale"] == [scope]
    assert asking.json("diff", "#3", "#4")["stale_from"] == [scope]
    assert asking.json("diff", "#2", "#4")["stale"] == []
    assert (
        f"Out of sight at the end, so as last seen: 1 scope (denied 1)\n  denied: {LISTING}"
        in asking("diff", "#2").out
    )


def test_a_scope_that_was_not_seen_by_then_cannot_be_compared(
    fresh: Program, recordings: Path
) -> None:
    fresh("collect", "--replay", str(recordings / "04"))
    fresh("collect", "--replay", str(recordings / "05"))
    document = fresh.json("diff", "#1", "#2")
    assert document["not_comparable"] == [
        {"account": PROD, "region": VIRGINIA, "evidence": "ec2.security_group"}
    ]
    assert DESKTOP not in json.dumps(document["changes"]), "nobody knows what it was before"
    assert LISTING in fresh("diff", "#1").out


# ---- collecting a part ----------------------------------------------------------------------


def test_a_retry_reads_only_what_the_latest_snapshot_missed(
    changing: Program, recordings: Path
) -> None:
    folder = str(recordings / "09")
    retry = ("collect", "--retry-missed", "--replay", folder, "--at", "2026-03-10T09:00Z")
    plan = changing.json(*retry, "--dry-run")
    assert plan["scopes"] == [
        {"account": PROD, "region": VIRGINIA, "evidence": "ec2.security_group", "calls": 1}
    ]
    document = changing.json(*retry)
    assert document["coverage"] == {"complete": 1, "partial": 0, "missed": 0}
    assert document["changes"]["by_kind"] == {"collection.scope_restored": 1}
    hidden = changing.json("resources")["out_of_sight"]
    assert len(hidden) == 14, "the retry looked at nothing else"
    assert not any((s["region"], s["evidence"]) == (VIRGINIA, LISTED) for s in hidden)
    assert len(changing.json("resources")["resources"]) == 17
    day = of(changing.json("coverage", "--period", "2026-03-10"), LISTING)
    assert (day["expected"], day["complete"], day["missed"]) == (1, 1, 0), "healed the same day"


def test_a_retry_with_nothing_missed_does_nothing(changing: Program, recordings: Path) -> None:
    again = ("collect", "--replay", str(recordings / "09"), "--at", "2026-03-10T09:00Z")
    changing(*again, "--retry-missed")
    document = changing.json(*again, "--retry-missed")
    assert document["schema"] == "collect/1"
    assert document["snapshot"] is None
    assert document["coverage"] == {"complete": 0, "partial": 0, "missed": 0}
    assert changing(*again, "--retry-missed").out.startswith("The latest snapshot missed nothing")
    assert len(changing.json("snapshots")["snapshots"]) == 8


def test_what_a_part_leaves_out_stays_as_it_was_known(changing: Program, recordings: Path) -> None:
    """Only one scope is read: of the others nothing is gone, and each is named as not looked at."""
    part = ("--evidence", "iam.user", "--account", STAGE)
    day = ("collect", "--replay", str(recordings / "10"), "--at", "2026-03-10T09:00Z")
    document = changing.json(*day, *part)
    assert document["coverage"] == {"complete": 1, "partial": 0, "missed": 0}
    assert document["changes"]["total"] == 0
    assert len(changing.json("resources")["resources"]) == 17
    read = {"account": STAGE, "region": "aws-global", "evidence": "iam.user"}
    for named in (
        changing.json("diff", "#6", "latest")["stale"],
        changing.json("resources")["out_of_sight"],
        changing.json("changes", "--since", "#7")["out_of_sight"],
    ):
        assert len(named) == 14
        assert not any(read.items() <= scope.items() for scope in named)
    assert "Not looked at or missed by the last snapshot" in changing("changes").out
    shown = changing.json("show", BASTION)
    assert shown["last_seen"] == "2026-03-10T06:00:00Z"
    assert shown["coverage_at"] == {
        "taken_at": "2026-03-10T09:00:00Z",
        "outcome": "missed",
        "cause": "not_run",
    }
    assert "out of sight at 2026-03-10 09:00 UTC (not_run)" in changing("show", BASTION).out
    assert (
        changing.json("show", "alice", "--account", STAGE)["coverage_at"]["outcome"] == "complete"
    )


def test_details_that_were_unseen_are_named_wherever_they_are_told_of(asking: Program) -> None:
    place = {"account": PROD, "region": IRELAND, "evidence": "kms.key"}
    (key,) = {r["resource"] for r in asking.json("resources")["resources"] if KEY in r["resource"]}
    detail = {**place, "resource": key, "detail": "Rotation", "cause": "denied"}
    assert asking.json("resources", "--at", "#3")["unseen_details"] == [detail]
    assert asking.json("resources", "--at", "#4")["unseen_details"] == []
    assert asking.json("resources", "--at", "#3", "--account", STAGE)["unseen_details"] == []
    assert f"Rotation of {key}" in asking("resources", "--at", "#3").err
    ends = ("unseen_details_from", "unseen_details")
    found = {pair: asking.json("diff", *pair) for pair in (("#2", "#3"), ("#3", "#4"))}
    assert [found["#2", "#3"][end] for end in ends] == [[], [detail]]
    assert [found["#3", "#4"][end] for end in ends] == [[detail], []]
    assert "Details unseen at the end, so as last seen:\n  denied: Rotation of" in (
        asking("diff", "#2", "#3").out
    )
    spell = {"from": "2026-03-03T06:00:00Z", "until": "2026-03-05T06:00:00Z"}
    row = of(asking.json("coverage"), f"{PROD}/{IRELAND}/kms.key")
    told = {name: detail[name] for name in ("resource", "detail", "cause")}
    assert row["unseen"] == [{**told, **spell}]
    line = f"2026-03-03 06:00 to 2026-03-05 06:00 UTC  denied: Rotation of {key}"
    assert line in asking("coverage").out
    assert line in asking("changes").out


@pytest.mark.parametrize(
    ("arguments", "scopes"),
    [
        ("", 15),
        ("--account 444455556666", 6),
        ("--account stage", 6),
        ("--region us-east-1", 9),
        ("--region eu-west-1", 12),
        ("--region us-east-1 --region eu-west-1", 15),
        ("--evidence kms.key", 3),
        ("--evidence kms.key --evidence iam.user", 5),
        ("--evidence kms.key --region us-east-1", 1),
        ("--evidence kms.key --account 444455556666 --region eu-west-1", 1),
    ],
)
def test_the_plan_is_what_fits_all_the_options(
    fresh: Program, recordings: Path, tmp_path: Path, arguments: str, scopes: int
) -> None:
    folder = Path(shutil.copytree(recordings / "02", tmp_path / "answers"))
    meta = folder / STAGE / "meta.json"
    content = json.loads(meta.read_text(encoding="utf-8"))
    meta.write_text(json.dumps({**content, "name": "stage"}), encoding="utf-8")
    plan = fresh.json("collect", "--replay", str(folder), "--dry-run", *arguments.split())
    assert len(plan["scopes"]) == scopes


def test_the_configuration_narrows_the_plan(
    fresh: Program, recordings: Path, tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[collect]\nevidence = ['kms.key']", "utf-8")
    plan = ("collect", "--replay", str(recordings / "02"), "--dry-run", "--config", str(path))
    assert len(fresh.json(*plan)["scopes"]) == 3
    assert len(fresh.json(*plan, "--evidence", "iam.user")["scopes"]) == 2


# ---- both databases -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_gives_the_same_answers(asking: Program, pg_url: str, recordings: Path) -> None:
    other = Program(pg_url)
    collect_all(other, recordings)
    for command in (
        "snapshots",
        "changes",
        "changes --since 2026-03-05 --evidence ec2.security_group",
        "coverage --period 2026-03",
        "resources --at #3",
        f"show {DESKTOP}",
        "history carol",
        "diff #1 #3 --gross",
        "diff 2026-03-03",
        "check",
    ):
        assert other.json(*command.split()) == asking.json(*command.split()), command
    text = "changes --severity high"
    assert other(*text.split()).out == asking(*text.split()).out


def test_a_change_in_a_detail_happened_after_the_detail_was_last_seen(asking: Program) -> None:
    """Rotation was seen on #2, could not be read on #3 and was off on #4: #3 is no witness."""
    (recorded,) = asking.json("changes", "--kind", "kms.rotation_disabled")["changes"]
    (net,) = [
        change
        for change in asking.json("diff", "#3", "#4")["changes"]
        if change["kind"] == "kms.rotation_disabled"
    ]
    for change in (recorded, net):
        assert change["not_before"] == "2026-03-03T06:00:00Z"
        assert change["previous_snapshot"] == 2
        assert change["not_after"] == "2026-03-05T06:00:00Z"
