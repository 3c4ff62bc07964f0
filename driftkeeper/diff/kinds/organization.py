"""The organisation that an account belongs to, and the units and kinds of policy inside it."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, replaced, turned
from driftkeeper.domain.types import Direction, Json, Severity

_ORGANIZATION = "organizations.organization"
_UNIT = "organizations.unit"
_ON = "ENABLED"
_TYPE = ("PolicyTypes.*", "PolicyTypes.*.Status")
_WHICH = ("Id", "Arn", "FeatureSet", "MasterAccountId", "MasterAccountArn")


def _status(value: Json) -> Json:
    return value.get("Status") if isinstance(value, dict) else value


def _policy_off(d: Difference) -> bool:
    return bool(_status(d.before) == _ON and _status(d.after) != _ON)


def _policy_on(d: Difference) -> bool:
    return bool(_status(d.after) == _ON and _status(d.before) != _ON)


ORGANIZATION = (
    ChangeKind(
        name="account.organization_left",
        evidence=_ORGANIZATION,
        path="InUse",
        when=turned(True, False),
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC6.3"),
        explains=_WHICH,
        says="the account is in no organisation any more",
        trigger="An account that was in an organisation is in none now",
        means="No service control policy limits it, and organisation trails and detectors lose sight of it.",
        advice="Find out who took it out; take it back, or give it guard rails and logs of its own.",
    ),
    ChangeKind(
        name="account.organization_joined",
        evidence=_ORGANIZATION,
        path="InUse",
        when=turned(False, True),
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC6.3"),
        explains=_WHICH,
        says="the account is in an organisation now",
        trigger="An account that was in no organisation is in one now",
        means="The management account can limit it by policies, and can enter it where a role allows.",
        advice="Check that the organisation is yours.",
    ),
    ChangeKind(
        name="account.organization_changed",
        evidence=_ORGANIZATION,
        path="MasterAccountId",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC6.3"),
        explains=_WHICH,
        says="the account is managed by {after} instead of {before}",
        trigger="Another account manages the organisation that an account is in",
        means="Somebody else decides its guard rails, and may enter it where a role allows.",
        advice="Check that the new management account is yours and that the move was meant.",
    ),
    ChangeKind(
        name="account.organization_features_changed",
        evidence=_ORGANIZATION,
        path="FeatureSet",
        when=replaced,
        direction=lambda d: Direction.STRENGTHENED if d.after == "ALL" else Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC6.3"),
        says="the organisation of the account has the features {after} and had {before}",
        trigger="The organisation has another set of features than before",
        means="Policies such as service control policies only exist with all features.",
        advice="With all features, attach the guard rails; without, find out what holds in their place.",
    ),
    ChangeKind(
        name="account.policy_type_disabled",
        evidence=_UNIT,
        paths=_TYPE,
        when=_policy_off,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC6.3"),
        says="a kind of policy is off for {Name}: {path}",
        trigger="A kind of policy, such as service control policies, was switched off for a root",
        means="Every policy of that kind stops to hold at once, in all accounts below.",
        advice="Switch it on again and attach the policies anew: AWS forgets where they were attached.",
    ),
    ChangeKind(
        name="account.policy_type_enabled",
        evidence=_UNIT,
        paths=_TYPE,
        when=_policy_on,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.1", "CC6.3"),
        says="a kind of policy is on for {Name}: {path}",
        trigger="A kind of policy, such as service control policies, was switched on for a root",
        means="Policies of that kind can limit the accounts below as soon as they are attached.",
        advice="Attach the policies that are meant to hold; by itself this limits nothing.",
    ),
    ChangeKind(
        name="account.unit_moved",
        evidence=_UNIT,
        path="ParentId",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.1", "CC6.3"),
        says="the unit {Name} lies in {after} instead of {before}",
        trigger="An organisational unit lies in another one than before",
        means="All its accounts come under the policies of the new place and leave those of the old.",
        advice="Compare the policies of both places and check that the accounts belong there.",
    ),
    ChangeKind(
        name="account.unit_created",
        evidence=_UNIT,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.1", "CC6.3"),
        says="the organisational unit {Name} was created in {ParentId}",
        trigger="A unit or root is new in the complete tree of the organisation",
        means="Accounts can be put there, and then only the policies on the way up to the root limit them.",
        advice="Match it to a change ticket, and check which policies are attached to it and above it.",
    ),
    ChangeKind(
        name="account.unit_deleted",
        evidence=_UNIT,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.1", "CC6.3"),
        says="the organisational unit {Name} was deleted",
        trigger="A unit is gone from the complete tree of the organisation",
        means="It was empty, for AWS deletes no other; policies that were attached to it hold nowhere by it.",
        advice="Check that the accounts that were in it have come under policies as strict elsewhere.",
    ),
)
