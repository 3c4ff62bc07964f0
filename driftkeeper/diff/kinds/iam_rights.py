"""Who became an administrator in effect, or got a way to become one, whatever the cause."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.diff.policies import document
from driftkeeper.diff.says import short_name
from driftkeeper.diff.spec import ChangeKind, Difference, appeared, vanished
from driftkeeper.domain.types import Direction, Severity
from driftkeeper.semantics.policy_public import is_public
from driftkeeper.semantics.policy_trust import trusted_accounts

_RIGHTS = "iam.rights"
_LISTED = 3


def _became(d: Difference) -> bool:
    return bool(d.after == "yes")


def _ceased(d: Difference) -> bool:
    return bool(d.before == "yes")


def _severity(d: Difference) -> Severity:
    """Return critical for a user, and for a role that another account or everyone may assume."""
    if ":user/" in d.resource:
        return Severity.CRITICAL
    trust = document(d.field("AssumeRolePolicyDocument"))
    if trust is None:
        return Severity.HIGH
    is_open = is_public(trust) or bool(trusted_accounts(trust, d.scope.account))
    return Severity.CRITICAL if is_open else Severity.HIGH


def _through(d: Difference) -> str:
    """Return the policies that allow everything, and the groups that they come from."""
    return f" through {_listed(_source(name, d.resource) for name in d.traits)}" if d.traits else ""


def _source(name: str, principal: str) -> str:
    policy, _, owner = name.rpartition(" of ")
    if owner == principal:
        return short_name(policy)
    sort = owner.split(":", 5)[-1].partition("/")[0]
    return f"{short_name(policy)} of {sort} {short_name(owner)}"


def _still(d: Difference) -> str:
    """Say what stands between a principal and the rights that its policies allow."""
    match d.after:
        case "capped":
            return ": its permissions boundary allows less"
        case "denied":
            return ": a policy denies everything"
        case _:
            return ""


def _ways(d: Difference) -> str:
    found = d.after or d.before
    return f": {_listed(found)}" if isinstance(found, list) else ""


def _listed(names: Iterable[str]) -> str:
    found = sorted(names)
    more = len(found) - _LISTED
    return ", ".join(found[:_LISTED]) + (f" and {more} more" if more > 0 else "")


ADMIN = (
    ChangeKind(
        name="iam.admin_granted",
        evidence=_RIGHTS,
        path="admin",
        when=_became,
        direction=Direction.WEAKENED,
        severity=_severity,
        criteria=("CC6.3",),
        says="{principal} is an administrator now",
        adds=_through,
        trigger=(
            "A user, group or role allows every action on every resource now and did not before, all"
            " its policies, groups and boundary together; critical for a user, and for a role that"
            " another account may assume"
        ),
        means=(
            "Whoever holds it can read, change and delete everything in the account, and switch off"
            " what would show it."
        ),
        advice=(
            "Look for the approval of the change that caused it; without one take the right away and"
            " search CloudTrail for what was done with it."
        ),
    ),
    ChangeKind(
        name="iam.admin_revoked",
        evidence=_RIGHTS,
        path="admin",
        when=_ceased,
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.3",),
        says="{principal} is no administrator any more",
        adds=_still,
        trigger=(
            "A user, group or role allowed every action on every resource before and does not now:"
            " a policy, a group, the boundary or the principal itself changed"
        ),
        means="What the account can lose through this principal has become less.",
        advice="Note which review or ticket asked for it; sessions that are open keep their rights a while.",
    ),
)

ESCALATION = (
    ChangeKind(
        name="iam.privilege_escalation_added",
        evidence=_RIGHTS,
        path="escalations.added",
        when=appeared,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC6.3",),
        says="{principal} can widen its own rights now",
        adds=_ways,
        trigger=(
            "The policies of a principal that is no administrator, taken together, allow a known way to"
            " more rights on everything that they did not allow before"
        ),
        means=(
            "Two harmless looking permissions can be enough to become administrator, and the parts may"
            " come from different policies."
        ),
        advice=(
            "Narrow the named actions to the resources that are needed, or put a permissions boundary"
            " on the principal."
        ),
    ),
    ChangeKind(
        name="iam.privilege_escalation_removed",
        evidence=_RIGHTS,
        path="escalations.removed",
        when=vanished,
        direction=Direction.STRENGTHENED,
        severity=Severity.HIGH,
        criteria=("CC6.3",),
        says="{principal} cannot widen its own rights that way any more",
        adds=_ways,
        trigger=(
            "A known way to more rights that a principal's policies allowed together is not allowed on"
            " everything any more"
        ),
        means="One detour to administrator is closed; other ways may be left.",
        advice="Check `driftkeeper show` on the principal for ways that are left.",
    ),
)
