"""What is concluded of resources, as people and programs are told it."""

from __future__ import annotations

import csv
import io
import json

from tests.journeys.estate import BASTION, DESKTOP, PROD, VIRGINIA
from tests.journeys.program import Program


def test_what_is_concluded_stands_beside_what_was_seen(asking: Program) -> None:
    open_, closed = (asking("show", BASTION, "--at", at).out for at in ("#2", "#7"))

    assert "exposure  tcp 22 open to the internet (ipv4)" in open_
    assert "tcp 22 open" not in closed
    assert "exposure  tcp 443 open to the internet (ipv4)" in closed


def test_a_conclusion_has_its_row_or_what_was_out_of_sight(asking: Program) -> None:
    (known,) = asking.json("show", BASTION)["facts"]
    (blind,) = asking.json("show", DESKTOP)["facts"]

    assert (known["fact"], known["version"], known["unknown"]) == ("ec2.exposure", 2, None)
    assert known["row"]["ingress"]["ipv4"] == {"tcp": [[443, 443, "any"]]}
    assert blind["row"] is None
    assert blind["unknown"] == {
        "account": PROD,
        "region": VIRGINIA,
        "evidence": "ec2.security_group",
        "resource": None,
        "detail": None,
    }


def test_people_are_told_why_nothing_is_concluded(asking: Program) -> None:
    lost = f"unknown: {PROD}/{VIRGINIA}/ec2.security_group was out of sight"

    assert f"exposure  {lost}" in asking("show", DESKTOP).out
    assert lost in asking("resources", "--evidence", "ec2.exposure").out


def test_a_detail_that_was_denied_is_named_where_it_matters(asking: Program) -> None:
    (found,) = asking.json("show", "key/0d1f8c52-3a4b-4c5d-8e6f-7a8b9c0d1e2f", "--at", "#3")[
        "facts"
    ]

    assert found["row"] is None
    assert found["unknown"]["detail"] == "Rotation"
    assert "Rotation of arn:" in asking("resources", "--at", "#3", "--evidence", "kms.rotation").out


def test_a_resource_of_which_nothing_is_concluded_has_no_facts(asking: Program) -> None:
    shown = asking.json("show", "account-public-access-block", "--account", PROD)

    assert shown["facts"] == []


def test_a_fact_is_listed_like_an_evidence_type(asking: Program) -> None:
    command = ("resources", "--evidence", "ec2.exposure")
    document = asking.json(*command)
    groups = asking.json("resources", "--evidence", "ec2.security_group")
    rows = document["resources"]

    assert [row["resource"] for row in rows] == [row["resource"] for row in groups["resources"]]
    assert {row["evidence"] for row in rows} == {"ec2.exposure"}
    assert {row["first_seen"] for row in rows} <= {r["first_seen"] for r in groups["resources"]}
    assert [row["resource"] for row in rows if row["body"] is None] == [
        row["resource"] for row in rows if (row["account"], row["region"]) == (PROD, VIRGINIA)
    ]
    lines = asking(*command, "--jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == rows
    table = csv.DictReader(io.StringIO(asking(*command, "--csv").out, newline=""))
    assert [row["resource"] for row in table] == [row["resource"] for row in rows]


def test_facts_and_evidence_types_are_listed_together_in_order(asking: Program) -> None:
    both = ("--evidence", "ec2.security_group", "--evidence", "ec2.exposure")
    rows = asking.json("resources", *both)["resources"]
    places = [(row["account"], row["region"], row["evidence"], row["resource"]) for row in rows]

    assert places == sorted(places)
    assert {row["evidence"] for row in rows} == {"ec2.exposure", "ec2.security_group"}


def test_the_places_asked_for_hold_for_facts_as_well(asking: Program) -> None:
    rows = asking.json("resources", "--evidence", "ec2.exposure", "--region", VIRGINIA)["resources"]

    assert {row["region"] for row in rows} == {VIRGINIA}


def test_what_a_fact_is_drawn_from_and_was_out_of_sight_is_told(asking: Program) -> None:
    document = asking.json("resources", "--evidence", "ec2.exposure")

    assert {scope["evidence"] for scope in document["out_of_sight"]} == {"ec2.security_group"}


def test_an_unknown_name_is_refused_whatever_stands_beside_it(asking: Program) -> None:
    ran = asking("resources", "--evidence", "ec2.exposure", "--evidence", "ec2.exposures")

    assert ran.code == 2
    assert "ec2.exposures" in ran.err
