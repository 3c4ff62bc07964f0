"""Whom a resource or trust policy lets in: everyone, other accounts, deleted users and roles.

The question is what a complete stranger with an AWS account, or none, gets. A condition saves a
statement from being public only if it *pins* it: tests, for a value that we know to be ours or a
partner's, something a stranger cannot choose (`policy_pins`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from driftkeeper.semantics.policy import ALLOW, DENY, glob_covers
from driftkeeper.semantics.policy_pins import opposite, pins, pins_issuer, shared_issuers
from driftkeeper.semantics.policy_words import Names, Term, line, term_words, terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from driftkeeper.semantics.policy import Statement

_ACCOUNT_OF: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):", re.ASCII)
_ORPHAN: Final = re.compile(r"A(?:IDA|ROA)[A-Z0-9]+")


class Openness(StrEnum):
    """What a policy has for strangers."""

    PUBLIC = "public"
    CONDITIONAL = "conditional"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How open a policy is, why, and if it is ``conditional`` the condition keys that pin it."""

    openness: Openness
    reason: str
    pinned_by: tuple[str, ...] = ()


def verdict(canonical: Mapping[str, Any], names: Names = MappingProxyType({})) -> Verdict:
    """Judge what a stranger gets: ``public`` something, ``conditional`` nothing but for a condition.

    Counts principal ``*``, any Allow with ``NotPrincipal``, and identity providers open to
    everyone when nothing ties them to their customer. A Deny takes an Allow back if it covers it,
    for everyone or for whoever does not meet a test that pins. Another Deny, and one that excludes
    actions or resources, is not weighed: then ``public`` may be said where it is not. ``names`` are
    for the reason: how actions and keys, lower-cased in the canonical form, are spelled.
    """
    open_to_all = [each for each in _statements(canonical, ALLOW) if _names_strangers(each)]
    denials = [each for each in _statements(canonical, DENY) if _denies_strangers(each)]
    flat = [each for each in denials if not each.get("Condition")]
    pinned: list[Term] = []
    for statement in open_to_all:
        found = _pins_of(statement)
        if _taken_back(statement, flat):
            continue
        if not found and not _taken_back(statement, denials):
            met = ", which a stranger can meet" if statement.get("Condition") else ""
            return Verdict(Openness.PUBLIC, f"everyone is let in: {line(statement, names)}{met}")
        pinned += found or [term for each in denials for term in _opposites(each)]
    if pinned:
        said = "; ".join(sorted({term_words(term, names) for term in pinned}))
        keys = tuple(sorted({term.key for term in pinned}))
        return Verdict(
            Openness.CONDITIONAL, f"strangers are kept out by a condition ({said})", keys
        )
    if open_to_all:
        return Verdict(Openness.PRIVATE, "a Deny takes back what everyone is allowed")
    return Verdict(Openness.PRIVATE, "only those it names are let in")


def is_public(canonical: Mapping[str, Any]) -> bool:
    """Whether some Allow lets a stranger in; see `verdict`."""
    return verdict(canonical).openness is Openness.PUBLIC


def external_accounts(canonical: Mapping[str, Any], own: str) -> frozenset[str]:
    """Return the ids of the accounts, other than ``own``, that an Allow names as principal.

    ``*`` names no account (see `is_public`), nor do services and canonical user ids.
    """
    names = (
        name
        for statement in _statements(canonical, ALLOW)
        for kind in ("AWS", "Federated")
        for name in statement.get("Principal", {}).get(kind, ())
    )
    return frozenset(found[1] for found in map(_ACCOUNT_OF.match, names) if found) - {own}


def orphans(canonical: Mapping[str, Any]) -> frozenset[str]:
    """Return the unique ids (``AIDA…``, ``AROA…``) that stand where a principal's ARN stood.

    AWS writes them into a policy when the user or role is deleted; nobody edits the policy.
    """
    return frozenset(
        name
        for statement in canonical["Statement"]
        for element in ("Principal", "NotPrincipal")
        for name in statement.get(element, {}).get("AWS", ())
        if _ORPHAN.fullmatch(name)
    )


def _statements(canonical: Mapping[str, Any], effect: str) -> Iterator[Statement]:
    return (each for each in canonical["Statement"] if each.get("Effect") == effect)


def _names_strangers(statement: Statement) -> bool:
    principals = statement.get("Principal", {})
    return (
        "NotPrincipal" in statement
        or "*" in principals.get("AWS", ())
        or bool(shared_issuers(principals.get("Federated", ())))
    )


def _pins_of(statement: Statement) -> list[Term]:
    """Return the tests that keep strangers out of a statement that names them; none if they get in."""
    terms = terms_of(statement)
    if found := [term for term in terms if pins(term)]:
        return found
    principals = statement.get("Principal", {})
    if "*" in principals.get("AWS", ()):
        return []
    issuers = shared_issuers(principals.get("Federated", ()))
    ties = [[term for term in terms if pins_issuer(issuer, term)] for issuer in issuers]
    return [term for tie in ties for term in tie] if all(ties) else []


def _denies_strangers(statement: Statement) -> bool:
    """Whether a Deny is for every stranger: without condition, or unless he meets what he cannot."""
    if len(_opposites(statement)) < len(terms_of(statement)):
        return False
    if "NotPrincipal" in statement:
        return "*" not in statement["NotPrincipal"].get("AWS", ())
    return "*" in statement.get("Principal", {}).get("AWS", ())


def _opposites(statement: Statement) -> list[Term]:
    """Return the tests that pin of which the condition has the negations."""
    found = map(opposite, terms_of(statement))
    return [term for term in found if term is not None and pins(term)]


def _taken_back(statement: Statement, denials: Sequence[Statement]) -> bool:
    """Whether the Deny statements cover each action on each resource of the statement.

    A trust policy names no resource: then both sides mean all. An Allow that excludes counts as
    all, a Deny that excludes as none.
    """
    allowed = product(statement.get("Action", ["*"]), statement.get("Resource", ["*"]))
    return all(
        any(
            _any_covers(_denied(denial, "Action"), action)
            and _any_covers(_denied(denial, "Resource"), resource)
            for denial in denials
        )
        for action, resource in allowed
    )


def _any_covers(patterns: Iterable[str], other: str) -> bool:
    return any(glob_covers(pattern, other) for pattern in patterns)


def _denied(denial: Statement, element: str) -> Sequence[str]:
    patterns: Sequence[str] = denial.get(element, [] if f"Not{element}" in denial else ["*"])
    return ["*" if each == "*:*" else each for each in patterns]
