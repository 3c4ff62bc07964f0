"""Which of several calls made a change, and when nobody can say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from driftkeeper.attribute.engine import (
    LAG,
    SETTLED,
    SLACK,
    Ground,
    Question,
    attributed,
    is_due,
    is_settled,
    questions_of,
    resource_names,
)
from driftkeeper.attribute.events import Event
from driftkeeper.domain.attribution import Attribution, Quality, Role, actor_of
from tests.unit.attribute.calls import (
    BEFORE,
    IRELAND,
    NOON,
    PROD,
    SEEN,
    call,
    change,
    iam,
    later,
    regional,
    role,
)

GROUND = Ground("us-east-1", (IRELAND, "us-east-1"), {"arn:aws:s3:::known": "eu-central-1"})
KEY = f"urn:driftkeeper:{PROD}:iam:user/alice/accesskey/AKIA1"
OFF = change("iam.x", "iam.access_key", KEY, "Status", "Active", "Inactive")
TRUST = change("iam.x", "iam.policy", iam("policy/p"), "Document", {}, {"Version": "x"})


def update(status: str, number: int, **more):
    parameters = {"accessKeyId": "AKIA1", "status": status}
    return call("UpdateAccessKey", "iam", parameters, number=number, at=later(number), **more)


def version(number: int, **more):
    parameters = {"policyArn": iam("policy/p"), "versionId": f"v{number}"}
    call_at = later(number)
    return call("SetDefaultPolicyVersion", "iam", parameters, number=number, at=call_at, **more)


def roles(found: Attribution) -> list[tuple[str, str]]:
    return [(str(note.role), note.called.id[-1]) for note in found.others]


def test_the_last_call_that_yields_the_new_value_made_the_change_and_the_flips_are_its_history() -> (
    None
):
    flips = [update("Inactive", 1), update("Active", 2), update("Inactive", 3), update("Active", 4)]
    found = attributed(OFF, flips)
    assert found.quality is Quality.EXACT
    assert found.called == flips[2].called
    assert found.raw == flips[2].raw
    assert roles(found) == [("history", "1"), ("history", "2"), ("history", "4")]


def test_calls_that_only_say_another_value_make_nobody_the_actor() -> None:
    found = attributed(OFF, [update("Active", 1)])
    assert (found.quality, found.called) == (Quality.NONE, None)
    assert roles(found) == [("history", "1")]


def test_refused_calls_are_told_apart() -> None:
    found = attributed(
        OFF, [update("Inactive", 1, errorCode="AccessDenied"), update("Inactive", 2)]
    )
    assert roles(found) == [("failed", "1")]
    assert found.others[0].called.error == "AccessDenied"
    alone = attributed(OFF, [update("Inactive", 1, errorCode="AccessDenied")])
    assert (alone.quality, roles(alone)) == (Quality.NONE, [("failed", "1")])


def test_several_calls_of_which_none_is_proven_are_all_candidates() -> None:
    found = attributed(TRUST, [version(1), version(2, by=role())])
    assert (found.quality, found.called) == (Quality.AMBIGUOUS, None)
    assert roles(found) == [("candidate", "1"), ("candidate", "2")]
    assert actor_of(found).label is None


def test_candidates_that_are_all_of_one_caller_name_that_caller() -> None:
    actor = actor_of(attributed(TRUST, [version(1), version(2)]))
    assert (actor.quality, actor.label) == (Quality.AMBIGUOUS, "alice")


def test_what_a_service_logs_of_itself_gives_way_to_a_call_of_a_customer() -> None:
    key = regional("kms", "key/k1")
    rotated = change(
        "kms.key_rotated", "kms.key", key, "KeyMetadata/CurrentKeyMaterialId", "a", "b", IRELAND
    )
    asked = call("RotateKeyOnDemand", "kms", {"keyId": key}, number=1)
    done = call(
        "RotateKey", "kms", None, {"keyId": key}, number=2, at=later(2), eventType="AwsServiceEvent"
    )
    assert attributed(rotated, [asked, done]).called == asked.called
    assert attributed(rotated, [done]).called == done.called


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (BEFORE - SLACK, True),
        (BEFORE - SLACK - timedelta(seconds=1), False),
        (SEEN + SLACK, True),
        (SEEN + SLACK + timedelta(seconds=1), False),
    ],
)
def test_a_call_counts_between_the_two_sights_give_or_take_five_minutes(
    moment, counts: bool
) -> None:
    event = call("DeleteAccessKey", "iam", {"accessKeyId": "AKIA1"}, at=moment)
    gone = change("iam.x", "iam.access_key", KEY, "", {}, None)
    assert (attributed(gone, [event]).quality is Quality.EXACT) is counts


def test_a_call_in_another_account_or_of_no_known_service_does_not_count() -> None:
    assert attributed(OFF, [update("Inactive", 1, recipientAccountId="9" * 12)]).called is None
    assert attributed(OFF, [update("Inactive", 1, eventSource=None)]).called is None
    assert attributed(OFF, [update("Inactive", 1, recipientAccountId=None)]).called is not None


def test_one_event_that_comes_twice_is_one() -> None:
    assert attributed(TRUST, [version(1), version(1)]).quality is Quality.PROBABLE


WHY = ("ThrottlingException", "Rate exceeded")


def test_where_not_everything_could_be_asked_only_a_proof_counts() -> None:
    for events in ([], [version(1)], [version(1), version(2)]):
        found = attributed(TRUST, events, WHY)
        assert (found.quality, found.code, found.called) == (Quality.PENDING, WHY[0], None)
    assert attributed(OFF, [update("Inactive", 1)], WHY).quality is Quality.EXACT


FOREIGN = [
    change(
        "cloudtrail.x",
        "cloudtrail.trail",
        "arn:aws:cloudtrail:us-east-1:999900001111:trail/org",
        "Status/IsLogging",
        True,
        False,
        "us-east-1",
    ),
    change(
        "prefix_list.changed",
        "ec2.prefix_list",
        f"arn:aws:ec2:{IRELAND}:999900001111:prefix-list/pl",
        "Entries",
        [],
        [{"Cidr": "10.0.0.0/8"}],
        IRELAND,
    ),
    change(
        "guardduty.administrator_changed",
        "guardduty.detector",
        "urn:x",
        "Administrator/AccountId",
        "999900001111",
        None,
        IRELAND,
    ),
]


@pytest.mark.parametrize("found", FOREIGN, ids=lambda found: found.kind)
def test_what_others_do_to_their_own_is_logged_in_their_account(found) -> None:
    assert attributed(found, []).quality is Quality.OUT_OF_ACCOUNT


def asked(found) -> set[tuple[str, str]]:
    return {(question.region, question.event) for question in questions_of(found, GROUND)}


def test_calls_of_iam_are_asked_for_where_the_global_endpoints_are() -> None:
    assert questions_of(OFF, GROUND) == {Question(PROD, "us-east-1", "UpdateAccessKey")}
    elsewhere = replace(GROUND, home="us-gov-west-1")
    assert questions_of(OFF, elsewhere) == {Question(PROD, "us-gov-west-1", "UpdateAccessKey")}


def test_calls_about_something_regional_are_asked_for_in_its_region() -> None:
    key = change(
        "kms.x",
        "kms.key",
        regional("kms", "key/k"),
        "Rotation/KeyRotationEnabled",
        True,
        False,
        IRELAND,
    )
    assert asked(key) == {(IRELAND, "DisableKeyRotation")}


def test_calls_about_a_bucket_are_asked_for_in_its_region_or_everywhere_when_nobody_knows_it() -> (
    None
):
    def gone(name: str, before=None):
        return change(
            "s3.x", "s3.bucket", f"arn:aws:s3:::{name}", "", before or {"Name": name}, None
        )

    assert asked(gone("known")) == {("eu-central-1", "DeleteBucket")}
    assert asked(gone("unknown")) == {(IRELAND, "DeleteBucket"), ("us-east-1", "DeleteBucket")}
    assert asked(gone("it says", {"BucketRegion": "sa-east-1"})) == {("sa-east-1", "DeleteBucket")}
    made = replace(gone("known"), before=None, after={"BucketRegion": "sa-east-1"})
    assert asked(made) == {("sa-east-1", "CreateBucket"), ("us-east-1", "CreateBucket")}


def test_calls_to_the_account_s_own_block_are_asked_for_in_every_region() -> None:
    block = change("s3.x", "s3.account_pab", "urn:x", "", {}, {"BlockPublicAcls": True})
    assert asked(block) == {
        (IRELAND, "PutAccountPublicAccessBlock"),
        ("us-east-1", "PutAccountPublicAccessBlock"),
    }


def test_where_calls_are_too_many_they_are_asked_for_by_the_names_of_the_resource() -> None:
    assert resource_names(OFF, "UpdateAccessKey") == {KEY, "AKIA1"}
    assert resource_names(OFF, "DeleteAccessKey") == set()


def test_a_change_is_asked_for_when_cloudtrail_can_know_all_of_it() -> None:
    assert not is_due(OFF, SEEN + LAG - timedelta(seconds=1))
    assert is_due(OFF, SEEN + LAG)


def test_that_nothing_was_called_is_the_last_word_a_day_later_only() -> None:
    soon, late = SEEN + SETTLED - timedelta(seconds=1), SEEN + SETTLED
    assert not is_settled(OFF, Quality.NONE, soon)
    assert is_settled(OFF, Quality.NONE, late)
    assert is_settled(OFF, Quality.PROBABLE, soon)
    assert not is_settled(OFF, Quality.PENDING, late)


def test_a_note_says_what_a_call_has_to_do_with_the_change() -> None:
    assert {role.value for role in Role} == {"candidate", "history", "failed"}
    assert NOON > BEFORE


ROTATED_OFF = change(
    "kms.rotation_disabled",
    "kms.key",
    regional("kms", "key/k1"),
    "Rotation/KeyRotationEnabled",
    True,
    False,
    IRELAND,
)
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def stopped(number: int, **more: Any) -> Event:
    return call("DisableKeyRotation", "kms", {"keyId": "k1"}, number=number, **more)


@pytest.mark.parametrize("moment", [SEEN + timedelta(minutes=3), BEFORE - timedelta(minutes=3)])
def test_whoever_says_the_same_again_outside_of_the_two_sights_did_not_make_the_change(
    moment: datetime,
) -> None:
    again = stopped(2, by=role(), at=moment)
    found = attributed(ROTATED_OFF, [stopped(1), again])
    assert actor_of(found).label == "alice"
    alone = attributed(ROTATED_OFF, [again])
    assert alone.called == again.called, "clocks may be apart"


def test_of_two_who_said_it_in_one_second_nobody_is_named() -> None:
    found = attributed(ROTATED_OFF, [stopped(1), stopped(2, by=role())])
    assert (found.quality, actor_of(found).label) == (Quality.AMBIGUOUS, None)
    assert roles(found) == [("candidate", "1"), ("candidate", "2")]
    twice = attributed(ROTATED_OFF, [stopped(1), stopped(2)])
    assert (twice.quality, actor_of(twice).label) == (Quality.EXACT, "alice")


def test_a_user_and_a_session_of_one_name_are_not_one_caller() -> None:
    person = role("alice", "AWSReservedSSO_Admin_1")
    path = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_1"
    person["sessionContext"]["sessionIssuer"]["arn"] = iam(f"role/{path}")
    found = attributed(TRUST, [version(1), version(2, by=person)])
    assert {note.called.caller.label for note in found.others} == {"alice"}
    assert actor_of(found).label is None


@pytest.mark.parametrize("hidden", [HIDDEN, {"keyId": HIDDEN}, {"omitted": True}])
def test_where_aws_hides_what_was_called_its_own_list_of_resources_says_it(hidden: Any) -> None:
    key = ROTATED_OFF.resource
    event = call("DisableKeyRotation", "kms", hidden, resources=[{"ARN": key}])
    assert attributed(ROTATED_OFF, [event]).called == event.called
    another = call("DisableKeyRotation", "kms", hidden, resources=[{"ARN": f"{key}2"}])
    assert attributed(ROTATED_OFF, [another]).called is None


def test_a_hidden_value_speaks_neither_for_a_change_nor_against_it() -> None:
    parameters = {"accessKeyId": "AKIA1", "status": HIDDEN}
    found = attributed(OFF, [call("UpdateAccessKey", "iam", parameters)])
    assert found.quality is Quality.PROBABLE


def test_a_key_whose_name_begins_with_ours_is_another() -> None:
    longer = call("UpdateAccessKey", "iam", {"accessKeyId": "AKIA12", "status": "Inactive"})
    assert attributed(OFF, [longer]) == attributed(OFF, [])
