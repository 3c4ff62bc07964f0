"""What people read of the change log: filters, intervals, gaps, comparisons, timelines."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.estate import BASTION, PROD, STAGE
from tests.journeys.program import Program

FILTERS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "kinds": (
        "--kind sg.* --kind cloudtrail.*",
        lambda c: c["kind"].startswith(("sg.", "cloudtrail.")),
    ),
    "a direction": ("--direction weakened", lambda c: c["direction"] == "weakened"),
    "a severity": ("--severity high", lambda c: c["severity"] in ("high", "critical")),
    "all severities": ("--severity info", lambda _: True),
    "criteria": (
        "--criterion cc6.6 --criterion CC7.2",
        lambda c: bool({"CC6.6", "CC7.2"} & set(c["criteria"])),
    ),
    "an account": (f"--account {PROD}", lambda c: c["account"] == PROD),
    "a region": ("--region eu-west-1", lambda c: c["region"] == "eu-west-1"),
    "an evidence type": ("--evidence iam.user", lambda c: c["evidence"] == "iam.user"),
    "resources by a glob": ("--resource sg-*", lambda c: "security-group/sg-" in c["resource"]),
    "a control": (
        "--control sg-no-public-ssh",
        lambda c: c["kind"].startswith("sg.public_ingress") and c["path"].endswith("/22"),
    ),
    "two controls": (
        "--control ct-logging --control kms-rotation-enabled --direction weakened",
        lambda c: (
            c["kind"] in ("cloudtrail.logging_stopped", "cloudtrail.logging_interrupted")
            or (c["kind"].startswith("kms.rotation_") and c["direction"] == "weakened")
            or (c["kind"].startswith("cloudtrail.trail_deleted"))
        ),
    ),
    "whatever is to be authorised": (
        "--control change-authorised",
        lambda c: c["direction"] == "weakened" and not c["kind"].startswith("collection."),
    ),
    "several": (
        "--kind *.scope_* --region us-east-1 --severity medium",
        lambda c: ".scope_lost" in c["kind"] and c["region"] == "us-east-1",
    ),
}


@pytest.mark.parametrize("case", FILTERS.values(), ids=FILTERS.keys())
def test_a_filter_lets_through_what_it_names_and_nothing_else(
    asking: Program, case: tuple[str, Callable[[Any], bool]]
) -> None:
    words, passes = case
    whole = asking.json("changes")["changes"]
    expected = [change for change in whole if passes(change)]
    assert asking.json("changes", *words.split())["changes"] == expected
    assert 0 < len(expected) <= len(whole)
    ran = asking("changes", *words.split(), "--jsonl")
    assert [json.loads(line) for line in ran.out.splitlines()] == expected
    assert f"{len(expected)} change" in ran.err
    assert asking("changes", *words.split()).out.startswith(f"{len(expected)} change")


def test_a_limit_keeps_the_newest_and_reverse_turns_the_order(asking: Program) -> None:
    whole = asking.json("changes")["changes"]
    assert asking.json("changes", "--limit", "5")["changes"] == whole[-5:]
    assert asking.json("changes", "--reverse")["changes"] == whole[::-1]
    assert asking.json("changes", "--reverse", "--limit", "5")["changes"] == whole[:-6:-1]
    text = asking("changes", "--limit", "5").out
    assert text.startswith(f"{len(whole)} changes from 2026-03-02 05:00 to 2026-03-10 06:01 (UTC)")
    assert "of which the newest 5\n" in text
    assert "--limit" in asking("changes", "--limit", "0").complaint


def test_a_control_that_no_change_bears_on_has_none_and_an_unknown_one_is_refused(
    asking: Program,
) -> None:
    assert asking.json("changes", "--control", "evidence-chain-intact")["changes"] == []
    ran = asking("changes", "--control", "root-mfa")
    assert ran.code == 2
    assert "root-mfa-enabled" in ran.complaint


def test_an_actor_whom_nobody_looked_for_is_nobody_and_that_is_said(asking: Program) -> None:
    ran = asking("changes", "--actor", "alice")
    assert ran.code == 0
    assert "driftkeeper attribute" in ran.err
    assert ran.out.startswith("0 changes")


HINTS = {
    "--kind kms.rotation* --criterion CC6.2": "--criterion excludes",
    "--kind kms.* --evidence iam.user": "--evidence excludes",
    "--kind cloudtrail.logging_stopped --severity low --direction strengthened": "--direction",
}


@pytest.mark.parametrize("words", HINTS)
def test_filters_that_exclude_each_other_are_told(asking: Program, words: str) -> None:
    ran = asking("changes", *words.split())
    assert ran.code == 0
    assert ran.err.startswith("Nothing can match: ")
    assert HINTS[words] in ran.err
    assert "0 changes" in ran.out


def test_filters_that_go_together_are_not_doubted(asking: Program) -> None:
    for words in ("--kind sg.* --evidence ec2.security_group", "--kind sg.* --criterion CC6.6"):
        assert asking("changes", *words.split()).err == ""


def test_what_was_not_seen_is_told_at_the_top_and_at_the_end(asking: Program) -> None:
    interval = "2026-03-02 to 2026-03-08 (7 days, UTC)"
    lines = asking("changes", "--period", "2026-03-02..2026-03-08").out.splitlines()
    assert interval in lines[0]
    assert "weakened (" in lines[1]
    assert lines[2].endswith("complete: see the end for what nobody could see")
    assert "Not seen, so nobody can say what changed:" in lines
    seen = asking("changes", "--period", "2026-03-02..2026-03-03", "--region", "eu-west-1").out
    assert "100.0% of the expected sights were complete from 2026-03-02 to 2026-03-03" in seen
    assert "nobody" not in seen


def test_accounts_go_by_their_names_and_near_ones_are_guessed(
    asking: Program, tmp_path: Any
) -> None:
    config = tmp_path / "named.toml"
    config.write_text(f'[[accounts]]\nid = "{STAGE}"\nname = "staging"\n', encoding="utf-8")
    named = ("changes", "--config", str(config))
    text = asking(*named, "--account", "staging").out
    assert "· staging eu-west-1" in text
    assert f"· {STAGE} " not in text
    line = asking(*named, "--account", "stagging").complaint
    assert line == "no account is named 'stagging' (did you mean 'staging'?)"


def test_what_follows_from_a_change_stands_under_it(asking: Program) -> None:
    lines = asking("changes", "--period", "2026-03-03").out.splitlines()
    (cause,) = (i for i, line in enumerate(lines) if "gained the rule tcp/22" in line)
    below = [line for line in lines[cause:] if "└ ▼" in line]
    assert "opened tcp 22 to the internet" in below[0]
    alone = asking("changes", "--period", "2026-03-03", "--kind", "sg.public*").out
    assert "\n  ▼ high " in alone
    assert "└" not in alone


def test_verbose_tells_every_change_and_what_to_do(asking: Program) -> None:
    whole = asking.json("changes")["changes"]
    text = asking("changes", "--verbose").out
    assert all(change["says"] in text and change["id"] in text for change in whole)


def test_a_comparison_says_its_moments_and_counts_what_nobody_could_see(asking: Program) -> None:
    text = asking("diff", "first", "latest").out
    assert text.startswith(
        "5 net changes from #1 (2026-03-02 06:00) to #7 (2026-03-10 06:00 UTC)\n"
    )
    assert "see --gross" in text
    assert "Out of sight at the end, so as last seen: 1 scope (denied 1)\n" in text
    gross = asking("diff", "first", "latest", "--gross").out
    assert "in between that the net difference does not show" in gross
    for change in asking.json("diff", "first", "latest", "--gross")["changes"]:
        assert change["says"] in asking("diff", "first", "latest", "--gross", "--verbose").out


def test_a_history_is_one_timeline_with_its_gaps(asking: Program) -> None:
    text = asking("history", BASTION).out
    order = (
        " changes from 2026-03-02 05:00 to 2026-03-10 06:01 (UTC)",
        "2026-03-02 06:00 UTC  #1",
        "ec2.security_group: first seen (",
        "2026-03-03 06:00 UTC  #2",
        "ec2.security_group: another version (",
        "gained the rule tcp/22",
        "└ ▼ high",
        "2026-03-04 06:00 UTC  #3",
        "lost the rule tcp/22",
        "2026-03-06 06:00 UTC",
        "ec2.security_group: not seen until 2026-03-09 06:00: not_run",
    )
    places = [text.find(words) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)


def test_a_history_of_a_period_begins_with_what_held_by_then(asking: Program) -> None:
    text = asking("history", BASTION, "--period", "2026-03-05").out
    assert "ec2.security_group: as it was by then (" in text
    assert "0 changes from 2026-03-05 (1 day, UTC)" in text


@pytest.mark.parametrize("case", FILTERS.values(), ids=FILTERS.keys())
def test_a_comparison_can_be_narrowed_in_the_same_way(
    asking: Program, case: tuple[str, Callable[[Any], bool]]
) -> None:
    words, passes = case
    whole = asking.json("diff", "first", "latest", "--gross")["changes"]
    narrow = asking.json("diff", "first", "latest", "--gross", *words.split())
    assert narrow["changes"] == [change for change in whole if passes(change)]
    ran = asking("diff", "first", "latest", *words.split())
    assert ran.out.startswith(f"{sum(not c['transient'] for c in narrow['changes'])} net change")
