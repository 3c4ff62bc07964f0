"""Which identity policies make an administrator, openly or by a detour.

Service control policies, resource control policies, session policies and permissions boundaries
are not seen here: what is judged is what the given statements grant by themselves. The statements
may come from several policies; put together in one document they are judged together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from driftkeeper.semantics.policy import ALLOW, DENY, glob_covers, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from driftkeeper.semantics.policy import Statement

# Who may do one of these (or all that a "+" joins) on everything can give himself the rest. Each
# needs an IAM action, so that "everything but iam:*" is no administrator.
ESCALATIONS: Final = (
    "iam:addusertogroup",
    "iam:attachgrouppolicy",
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createloginprofile",
    "iam:createpolicyversion",
    "iam:putgrouppolicy",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
    "iam:setdefaultpolicyversion",
    "iam:updateassumerolepolicy",
    "iam:updateloginprofile",
    "iam:passrole+cloudformation:createstack",
    "iam:passrole+codebuild:createproject+codebuild:startbuild",
    "iam:passrole+datapipeline:createpipeline+datapipeline:putpipelinedefinition",
    "iam:passrole+ec2:runinstances",
    "iam:passrole+ecs:registertaskdefinition+ecs:runtask",
    "iam:passrole+ecs:registertaskdefinition+ecs:starttask",
    "iam:passrole+ecs:registertaskdefinition+ecs:updateservice",
    "iam:passrole+glue:createdevendpoint",
    "iam:passrole+glue:createjob+glue:startjobrun",
    "iam:passrole+lambda:createfunction+lambda:createeventsourcemapping",
    "iam:passrole+lambda:createfunction+lambda:invokefunction",
    "iam:passrole+sagemaker:createnotebookinstance",
    "iam:passrole+states:createstatemachine+states:startexecution",
)

# These ask how, when or from where the caller comes. A holder of the policy can satisfy them, and
# what he may do then is not less.
_CALLER_KEYS: Final = frozenset(
    {
        *("aws:currenttime", "aws:epochtime", "aws:tokenissuetime"),
        *("aws:multifactorauthage", "aws:multifactorauthpresent", "aws:securetransport"),
        *("aws:referer", "aws:useragent"),
        *("aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"),
    }
)

# An action no service has: who may do it may do whatever AWS thinks of next.
_UNNAMED_ACTION: Final = "zzz:unknown"
# Two resources with nothing in common: a pattern that matches both was meant for everything.
_UNRELATED: Final = ("iam::210987654321:role/unknown", "zzz:nowhere-9:109876543210:unknown/1")
_PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")


def full_admin(statement: Statement) -> bool:
    """Whether a canonical statement, without condition, allows every action on every resource."""
    return (
        _unconditional(statement, ALLOW)
        and _all_actions(statement)
        and any(glob_covers(pattern, "*") for pattern in statement.get("Resource", ()))
    )


def denies_all(statement: Statement) -> bool:
    """Whether a canonical statement, without condition, denies every action on every resource."""
    return (
        _unconditional(statement, DENY)
        and _all_actions(statement)
        and any(glob_covers(pattern, "*") for pattern in statement.get("Resource", ()))
    )


def service_wildcards(canonical: Mapping[str, Any]) -> frozenset[str]:
    """Return the services of which everything on ``*`` is allowed without condition."""
    return frozenset(
        service
        for statement in canonical["Statement"]
        if _unconditional(statement, ALLOW) and "*" in statement.get("Resource", ())
        for action in statement.get("Action", ())
        for service in (action.split(":")[0],)
        if not {"*", "?"} & set(service) and glob_covers(action, f"{service}:*")
    )


def escalations(canonical: Mapping[str, Any]) -> frozenset[str]:
    """Return those of `ESCALATIONS` that the statements allow in full, on everything."""
    # Statements that do not speak of everything count for none of them: looked through once, not each time.
    found = {"Statement": [each for each in canonical["Statement"] if _everywhere(each)]}
    return frozenset(
        detour
        for detour in ESCALATIONS
        if all(allows(found, action) for action in detour.split("+"))
    )


def grants_admin(canonical: Mapping[str, Any]) -> bool:
    """Whether the statements make an administrator: every action, or a way to get there."""
    return bool(ways(canonical))


def ways(canonical: Mapping[str, Any]) -> frozenset[str]:
    """Return how the statements make an administrator: ``*`` for every action, and `escalations`.

    Conditions that a holder can satisfy himself (MFA, address, time) do not lessen it; a Deny
    without condition on everything takes away what it names.
    """
    everything = any(
        _all_actions(statement) for statement in _grants(canonical) if _everywhere(statement)
    )
    unnamed = everything and allows(canonical, _UNNAMED_ACTION)
    return escalations(canonical) | ({"*"} if unnamed else set())


def allows_service(canonical: Mapping[str, Any], service: str) -> bool:
    """Whether an action of the service that nobody has named yet is allowed on everything."""
    return allows(canonical, f"{service}:{_UNNAMED_ACTION.split(':')[1]}")


def allows(canonical: Mapping[str, Any], action: str) -> bool:
    """Whether one action is allowed on everything and not denied on everything."""
    granted = any(
        _applies(statement, action) and _everywhere(statement) for statement in _grants(canonical)
    )
    return granted and not any(
        _unconditional(statement, DENY) and _applies(statement, action) and _everywhere(statement)
        for statement in canonical["Statement"]
    )


def _grants(canonical: Mapping[str, Any]) -> Iterator[Statement]:
    for statement in canonical["Statement"]:
        keys = {key for tests in statement.get("Condition", {}).values() for key in tests}
        if statement.get("Effect") == ALLOW and keys <= _CALLER_KEYS:
            yield statement


def _unconditional(statement: Statement, effect: str) -> bool:
    return statement.get("Effect") == effect and not statement.get("Condition")


def _all_actions(statement: Statement) -> bool:
    return any(glob_covers(pattern, "*:*") for pattern in statement.get("Action", ()))


def _applies(statement: Statement, action: str) -> bool:
    if "NotAction" in statement:
        return not _any_matches(statement["NotAction"], action)
    return _any_matches(statement.get("Action", ()), action)


def _everywhere(statement: Statement) -> bool:
    """Whether the statement speaks of everything: ``*``, ``arn:aws:*``, or all but some things."""
    probes = [[f"arn:{name}:{rest}" for rest in _UNRELATED] for name in _PARTITIONS]
    if "NotResource" in statement:
        excluded = statement["NotResource"]
        return not any(_any_matches(excluded, probe) for pair in probes for probe in pair)
    patterns = statement.get("Resource", ())
    return any(all(_any_matches(patterns, probe) for probe in pair) for pair in probes)


def _any_matches(patterns: Iterable[str], text: str) -> bool:
    return any(matches(pattern, text) for pattern in patterns)
