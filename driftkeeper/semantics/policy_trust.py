"""What a trust policy says beyond whom it lets in: external ids, and principals that were deleted.

Reading: "How to use an external ID when granting access to your AWS resources to a third party" and
"AWS JSON policy elements: Principal" in the IAM user guide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from driftkeeper.semantics.policy import ALLOW, canonical, glob_covers
from driftkeeper.semantics.policy_public import external_accounts, orphans

if TYPE_CHECKING:
    from collections.abc import Mapping

    from driftkeeper.semantics.policy import Statement

_ASSUME: Final = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
_EXTERNAL_ID: Final = "sts:externalid"
# `...IfExists` and `ForAllValues` are content when the caller sends no external id at all.
_EXACT: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})
_ENTITY: Final = re.compile(r"arn:[^:]+:iam::\d{12}:(user|role)/.+", re.ASCII | re.DOTALL)
_ORPHANED: Final = {"AIDA": "user", "AROA": "role"}


def unguarded_accounts(form: Mapping[str, Any], own: str) -> frozenset[str]:
    """Return the accounts, other than ``own``, that may assume the role without an external id."""
    statements = [
        each
        for each in form["Statement"]
        if each.get("Effect") == ALLOW and _assumes(each) and not _asks_external_id(each)
    ]
    return external_accounts({"Statement": statements}, own)


def trusted_accounts(form: Mapping[str, Any], own: str) -> frozenset[str]:
    """Return the accounts, other than ``own``, that may assume the role at all."""
    return external_accounts({"Statement": [s for s in form["Statement"] if _assumes(s)]}, own)


def only_orphaned(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the documents differ only in ids that AWS wrote where ARNs of users or roles stood.

    AWS does so when these are deleted: nobody edited the policy. An id of a user stands for one ARN of a
    user, an id of a role for one of a role; AWS does not say for which, so they are counted.
    """
    ids = orphans(new) - orphans(old)
    arns = frozenset(_names(old)) - frozenset(_names(new))
    return (
        len(ids) == len(arns) > 0
        and all(map(_ENTITY.fullmatch, arns))
        and _masked(old, arns) == _masked(new, ids)
    )


def _assumes(statement: Statement) -> bool:
    if "NotAction" in statement:
        excluded = statement["NotAction"]
        return not all(_any_covers(excluded, action) for action in _ASSUME)
    return any(_any_covers(statement.get("Action", ()), action) for action in _ASSUME)


def _any_covers(patterns: list[str], action: str) -> bool:
    return any(glob_covers(pattern, action) for pattern in patterns)


def _asks_external_id(statement: Statement) -> bool:
    return any(
        operator.lower().removeprefix("foranyvalue:") in _EXACT
        and not any("*" in value or "?" in value for value in keys.get(_EXTERNAL_ID, ["*"]))
        for operator, keys in statement.get("Condition", {}).items()
    )


def _names(form: Mapping[str, Any]) -> list[str]:
    return [
        name
        for statement in form["Statement"]
        for element in ("Principal", "NotPrincipal")
        for name in statement.get(element, {}).get("AWS", ())
    ]


def _masked(form: Mapping[str, Any], names: frozenset[str]) -> tuple[Mapping[str, Any], list[str]]:
    """Return the document with a mark in place of each of these principals, and all marks."""
    marks: list[str] = []

    def mark(name: str, rest: list[str]) -> str:
        marks.append(_sort(name))
        return f"{marks[-1]}#{sum(_sort(each) == marks[-1] for each in rest)}"

    def masked(statement: Statement) -> dict[str, Any]:
        form = dict(statement)
        for element in ("Principal", "NotPrincipal"):
            if "AWS" in form.get(element, {}):
                members = form[element]["AWS"]
                found = [name for name in members if name in names]
                kept = [name for name in members if name not in names]
                form[element] = {
                    **form[element],
                    "AWS": [*kept, *(mark(name, found[i:]) for i, name in enumerate(found))],
                }
        return form

    return canonical({**form, "Statement": [*map(masked, form["Statement"])]}), sorted(marks)


def _sort(name: str) -> str:
    found = _ENTITY.fullmatch(name)
    return found[1] if found else _ORPHANED.get(name[:4], "")
