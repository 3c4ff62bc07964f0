"""Which calls make which changes: of each family what proves it, leaves it open, or speaks against it.

Each row is a change, a call, and what the call is to the change: `exact` (its parameters say the
difference), `probable` (it fits, and nothing more can be told), or `none`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from driftkeeper.attribute.catalog import can_be_asked, families
from driftkeeper.attribute.engine import attributed
from driftkeeper.collect.recording import file_name
from driftkeeper.domain.types import Change
from tests.unit.attribute.calls import (
    IRELAND,
    NOON,
    call,
    change,
    in_ireland,
)
from tests.unit.attribute.rows.data import DATA
from tests.unit.attribute.rows.identities import IDENTITIES
from tests.unit.attribute.rows.network import NETWORK, SG
from tests.unit.attribute.rows.secrets import CREDENTIALS, ROOT_USER
from tests.unit.attribute.rows.shared import ADMIN, ALLOW_S3, ROLE, TRAIL, USER
from tests.unit.attribute.rows.watchers import ANALYZER, FINDING, WATCHERS

ROWS = [*IDENTITIES, *CREDENTIALS, *ROOT_USER, *WATCHERS, *NETWORK, *DATA]


@pytest.mark.parametrize(
    ("found", "event", "quality"),
    [pytest.param(*rest, id=f"{rest[0].scope.evidence}: {name}") for name, *rest in ROWS],
)
def test_a_call_is_to_a_change_what_its_parameters_make_it(
    found: Change, event: Any, quality: str
) -> None:
    assert can_be_asked(found)
    result = attributed(found, [event])
    assert result.quality == quality
    assert (result.called == event.called) is (quality != "none")


@pytest.mark.parametrize(
    ("found", "event"), [pytest.param(c, e, id=f"{c.scope.evidence}: {n}") for n, c, e, _ in ROWS]
)
def test_no_call_counts_that_was_refused(found: Change, event: Any) -> None:
    refused = call(
        event.name,
        event.called.source.partition(".")[0],
        event.record["requestParameters"],
        event.record["responseElements"],
        by=event.record["userIdentity"],
        errorCode="AccessDenied",
        at=NOON,
    )
    result = attributed(found, [refused])
    assert (result.called, result.raw) == (None, "")
    assert {note.role for note in result.others} <= {"failed"}


def test_there_is_a_row_for_every_family() -> None:
    covered = Counter(
        name
        for _, found, _, _ in ROWS
        for name, family in families().items()
        if family.covers(found)
    )
    assert families().keys() - covered.keys() == set()


NOBODY = [
    change("guardduty.finding_opened", "guardduty.finding", FINDING, "", None, {}, IRELAND),
    change("aa.finding_resolved", "accessanalyzer.finding", ANALYZER, "status", "A", "R", IRELAND),
    change(
        "cloudtrail.delivery_failing",
        "cloudtrail.trail",
        TRAIL,
        "Status/LatestDeliveryError",
        None,
        "AccessDenied",
        IRELAND,
    ),
    change("iam.policy.aws_managed_updated", "iam.policy", ADMIN, "Document", {}, ALLOW_S3),
    change(
        "iam.role.trust_principal_orphaned", "iam.role", ROLE, "AssumeRolePolicyDocument", {}, {}
    ),
    change("collection.baseline_established", "iam.user", "x", "", None, "x"),
    change("resource.first_observed", "iam.user", USER, "PermissionsBoundary", None, {}),
    change("organizations.x", "organizations.account", "arn:x", "Name", "a", "b"),
    in_ireland(change("sg.x", "ec2.security_group", SG, "Tags/Team/Value", "a", "b")),
]


@pytest.mark.parametrize("found", NOBODY, ids=lambda found: found.kind)
def test_what_nobody_calls_for_is_never_asked_for(found: Change) -> None:
    assert not can_be_asked(found)


def test_the_name_of_a_recorded_answer_can_be_read_for_every_operation() -> None:
    """A name that is too long is hashed: then nobody can tell which answer it is."""
    events = {e for family in families().values() for deed in family.deeds for e in deed.events}
    names = {
        event: file_name(
            "cloudtrail",
            "LookupEvents",
            {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": event}]},
        )
        for event in events
    }
    assert [event for event, name in names.items() if event not in name] == []
