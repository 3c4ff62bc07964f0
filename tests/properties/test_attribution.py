"""What holds of the attribution of any change by any calls."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, strategies as st

from driftkeeper.attribute.engine import SLACK, attributed
from driftkeeper.attribute.events import Event, caller, read
from driftkeeper.attribute.rules import rules_in
from driftkeeper.domain.attribution import Attribution, Quality, Role, actor_of
from driftkeeper.domain.types import Change
from tests.unit.attribute.calls import (
    ALICE,
    BEFORE,
    IRELAND,
    PROD,
    ROOT,
    SEEN,
    call,
    change,
    iam,
    record,
    regional,
    role,
    row,
)

KEY = f"urn:driftkeeper:{PROD}:iam:user/alice/accesskey/AKIA1"
GROUP = regional("ec2", "security-group/sg-1")
CHANGES = [
    change("iam.x", "iam.access_key", KEY, "Status", "Active", "Inactive"),
    change("iam.x", "iam.policy", iam("policy/p"), "Document", {}, {"Version": "2012-10-17"}),
    change(
        "sg.x", "ec2.security_group", GROUP, "IpPermissions/tcp/22/0.0.0.0/0", {}, None, IRELAND
    ),
    change("iam.x", "iam.credential", iam("root"), "mfa_active", True, False),
]
RULE = {
    "ipProtocol": "tcp",
    "fromPort": 22,
    "toPort": 22,
    "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
}
DEEDS = [
    ("UpdateAccessKey", "iam", {"accessKeyId": "AKIA1", "status": "Inactive"}),
    ("UpdateAccessKey", "iam", {"accessKeyId": "AKIA1", "status": "Active"}),
    ("UpdateAccessKey", "iam", {"accessKeyId": "AKIA2", "status": "Inactive"}),
    ("SetDefaultPolicyVersion", "iam", {"policyArn": iam("policy/p"), "versionId": "v1"}),
    ("RevokeSecurityGroupIngress", "ec2", {"groupId": "sg-1", "ipPermissions": {"items": [RULE]}}),
    ("RevokeSecurityGroupIngress", "ec2", {"groupId": "sg-1"}),
    ("DeactivateMFADevice", "iam", None),
]
minutes = st.integers(-20, 24 * 60 + 20)


@st.composite
def calls(draw: st.DrawFn) -> Event:
    name, service, parameters = draw(st.sampled_from(DEEDS))
    more: dict[str, Any] = draw(st.sampled_from([{}, {}, {}, {"errorCode": "AccessDenied"}]))
    by = draw(st.sampled_from([ALICE, ROOT, role()]))
    at = BEFORE + timedelta(minutes=draw(minutes))
    return call(name, service, parameters, at=at, by=by, number=draw(st.integers(1, 999)), **more)


def unique(events: list[Event]) -> list[Event]:
    return list({event.called.id: event for event in events}.values())


many = st.lists(calls(), max_size=8).map(unique)
changes = st.sampled_from(CHANGES)


def named(found: Attribution) -> list[str]:
    """The ids of the calls that may have made the change."""
    candidates = [n.called.id for n in found.others if n.role is Role.CANDIDATE]
    return [*candidates, *([found.called.id] if found.called else [])]


@given(found=changes, events=many, data=st.data())
def test_the_order_of_the_answer_does_not_matter(
    found: Change, events: list[Event], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events))
    assert attributed(found, shuffled) == attributed(found, events)
    assert attributed(found, [*shuffled, *events]) == attributed(found, events)


@given(found=changes, events=many)
def test_no_call_outside_the_window_and_none_that_was_refused_is_ever_named(
    found: Change, events: list[Event]
) -> None:
    result = attributed(found, events)
    by_id = {event.called.id: event for event in events}
    for name in named(result):
        assert BEFORE - SLACK <= by_id[name].at <= SEEN + SLACK
        assert by_id[name].called.error is None


@given(found=changes, events=many)
def test_the_quality_says_how_many_are_named(found: Change, events: list[Event]) -> None:
    result = attributed(found, events)
    candidates = [note for note in result.others if note.role is Role.CANDIDATE]
    match result.quality:
        case Quality.EXACT | Quality.PROBABLE:
            assert result.called is not None
            assert candidates == []
            assert json.loads(result.raw)["eventID"] == result.called.id
        case Quality.AMBIGUOUS:
            assert result.called is None
            assert len(candidates) > 1
        case _:
            assert (result.called, candidates, actor_of(result).label) == (None, [], None)


@given(found=changes, events=many, refused=many)
def test_refused_calls_change_nothing_but_the_list_of_them(
    found: Change, events: list[Event], refused: list[Event]
) -> None:
    done = [event for event in events if event.called.error is None]
    ids = {event.called.id for event in done}
    extra = [e for e in refused if e.called.error is not None and e.called.id not in ids]
    assert named(attributed(found, [*done, *extra])) == named(attributed(found, done))


@given(found=changes, events=many)
def test_with_gaps_a_proof_counts_and_nothing_else(found: Change, events: list[Event]) -> None:
    whole, gappy = attributed(found, events), attributed(found, events, ("X", "y"))
    expected = Quality.EXACT if whole.quality is Quality.EXACT else Quality.PENDING
    assert gappy.quality is expected


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from([*record("X")]), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = [
    *record("X"),
    *("errorCode", "errorMessage", "additionalEventData", "resources", "serviceEventDetails"),
]


@given(
    found=changes,
    deed=st.sampled_from(DEEDS),
    field=st.sampled_from(FIELDS),
    inner=st.none()
    | st.sampled_from(["userName", "type", "sessionContext", "ipPermissions", "items"]),
    odd=junk,
)
def test_whatever_a_field_holds_nothing_breaks_and_nobody_is_made_up(
    found: Change, deed: Any, field: str, inner: str | None, odd: Any
) -> None:
    logged = record(*deed)
    if inner is None or not isinstance(logged.get(field), dict):
        logged[field] = odd
    else:
        logged[field] = {**logged[field], inner: odd}
    event = read(row(logged))
    if event is not None:
        result = attributed(found, [event])
        assert named(result) in ([], [event.called.id])


@given(junk)
def test_any_json_is_read_without_a_complaint(value: Any) -> None:
    read(value)
    read({"CloudTrailEvent": json.dumps(value)})
    rules_in(value)
    if isinstance(value, dict):
        assert caller(value).label is None or isinstance(caller(value).label, str)
