"""Whom a resource or trust policy lets in: everyone, other accounts, deleted users and roles.

``is_public`` asks what a complete stranger with an AWS account, or none, gets. A condition saves a
statement from being public only if it *pins* it: tests, for a value that we know to be ours or a
partner's, something a stranger cannot choose. S3 documents the same idea as "The meaning of
public" and KMS, SNS and Secrets Manager policies are read alike.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from driftkeeper.semantics.network import reach
from driftkeeper.semantics.policy import ALLOW, DENY, glob_covers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from driftkeeper.semantics.policy import Statement

# Keys whose value AWS sets, or that name something only its owner can use. `kms:viaservice` is not
# among them: a stranger can go through the same service.
_FIXED_KEYS: Final = frozenset(
    {
        *("aws:principalaccount", "aws:principalorgid", "aws:userid"),
        *("aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid"),
        *("aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "aws:vpceaccount", "aws:vpceorgid"),
        *("kms:calleraccount", "s3:dataaccesspointaccount"),
    }
)
_ARN_KEYS: Final = frozenset(
    {
        *("aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"),
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
_ORG_PATH_KEYS: Final = frozenset(
    {"aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"}
)
_EXACT: Final = frozenset({"stringequals", "stringequalsignorecase"})
_ARN_LIKE: Final = frozenset({"arnequals", "arnlike"})  # AWS treats the two the same
_LIKE: Final = _ARN_LIKE | {"stringlike"}

# Identity providers that serve everyone: only these claims tell one customer from another.
_SHARED_ISSUERS: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts.google.com": ("aud", "oaud", "sub"),
    "agent.buildkite.com": ("sub",),
    "app.terraform.io": ("sub",),
    "cognito-identity.amazonaws.com": ("aud", "sub"),
    "gitlab.com": ("sub", "namespace_path", "project_path"),
    "graph.facebook.com": ("app_id", "id"),
    "token.actions.githubusercontent.com": (
        *("sub", "repository", "repository_id", "repository_owner", "repository_owner_id"),
        "job_workflow_ref",
    ),
    "www.amazon.com": ("app_id", "user_id"),
}

# A pattern that spells out the owner: "repo:our-org/*", "organization:ours:*", "our-org/repo@*".
_OWNED: Final = re.compile(r"(?:[^:*?]+:[^:/*?]+[:/]|[^:/*?]+/).*")
_ACCOUNT_OF: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):", re.ASCII)
_FIXED_ACCOUNT: Final = re.compile(r"arn:[^:*?]*:[^:*?]*:[^:*?]*:\d{12}:", re.ASCII)
_ORPHAN: Final = re.compile(r"A(?:IDA|ROA)[A-Z0-9]+")
# Variables that stand for the resource's own owner; any other the caller may fill in.
_VARIABLE: Final = re.compile(r"\$\{(?!aws:resource(?:account|orgid|orgpaths)\})", re.IGNORECASE)


def is_public(canonical: Mapping[str, Any]) -> bool:
    """Whether some Allow lets a stranger in, and no Deny without condition takes all of it back.

    Counts principal ``*``, any Allow with ``NotPrincipal``, and identity providers open to
    everyone when nothing ties them to their customer. A Deny that has a condition, or excludes
    actions or resources, is not weighed: then the answer may be True where the truth is False.
    """
    denials = [each for each in _statements(canonical, DENY) if _denies_strangers(each)]
    return any(
        _admits_strangers(statement) and not _taken_back(statement, denials)
        for statement in _statements(canonical, ALLOW)
    )


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


def _admits_strangers(statement: Statement) -> bool:
    tests = list(_tests(statement))
    if any(_pins(*test) for test in tests):
        return False
    principals = statement.get("Principal", {})
    if "NotPrincipal" in statement or "*" in principals.get("AWS", ()):
        return True
    issuers = map(_issuer, principals.get("Federated", ()))
    return any(name in _SHARED_ISSUERS and not _pins_issuer(name, tests) for name in issuers)


def _denies_strangers(statement: Statement) -> bool:
    if statement.get("Condition"):
        return False
    if "NotPrincipal" in statement:
        return "*" not in statement["NotPrincipal"].get("AWS", ())
    return "*" in statement.get("Principal", {}).get("AWS", ())


def _taken_back(statement: Statement, denials: Sequence[Statement]) -> bool:
    """Whether the Deny statements cover each action on each resource of the statement.

    A trust policy names no resource: then both sides mean all. An Allow that excludes counts as
    all, a Deny that excludes as none.
    """
    allowed = product(statement.get("Action", ["*"]), statement.get("Resource", ["*"]))
    return all(
        any(
            any(glob_covers(each, action) for each in _denied(denial, "Action"))
            and any(glob_covers(each, resource) for each in _denied(denial, "Resource"))
            for denial in denials
        )
        for action, resource in allowed
    )


def _denied(denial: Statement, element: str) -> Sequence[str]:
    patterns: Sequence[str] = denial.get(element, [] if f"Not{element}" in denial else ["*"])
    return ["*" if each == "*:*" else each for each in patterns]


def _tests(statement: Statement) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield ``(operator, key, values)``, the operator in lower case.

    ``ForAnyValue`` asks that one value fits, as a plain test does, so it is left out. Every other
    affix stays, and with it the operator is none that pins: ``ForAllValues`` and ``...IfExists``
    are content with a key that is missing.
    """
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            yield operator.lower().removeprefix("foranyvalue:"), key, values


def _pins(operator: str, key: str, values: Sequence[str]) -> bool:
    if operator == "ipaddress":
        return key == "aws:sourceip" and not _is_public_range(values)
    if key not in _FIXED_KEYS | _ARN_KEYS | _ORG_PATH_KEYS or operator not in _EXACT | _LIKE:
        return False
    return all(_is_fixed(operator, key, value) for value in values)


def _is_fixed(operator: str, key: str, value: str) -> bool:
    """Whether a value can be met only by what the policy's author had in mind."""
    if _VARIABLE.search(value):
        return False
    if operator in _EXACT or not _has_wildcard(value):
        return True
    if key in _ORG_PATH_KEYS:
        return not _has_wildcard(value.split("/")[0])
    # In an ARN test a wildcard stays within its segment, so only the account must be spelled out.
    account = _ACCOUNT_OF if operator in _ARN_LIKE else _FIXED_ACCOUNT
    return account.match(value) is not None


def _is_public_range(cidrs: Sequence[str]) -> bool:
    try:
        return any(each.is_public for each in reach(cidrs).values())
    except ValueError:
        return True


def _issuer(provider: str) -> str:
    """Return the issuer of an OIDC provider's ARN, or the name of a built-in provider as it is."""
    return provider.rsplit(":oidc-provider/", 1)[-1]


def _pins_issuer(issuer: str, tests: Iterable[tuple[str, str, Sequence[str]]]) -> bool:
    claims = {f"{issuer}:{claim}" for claim in _SHARED_ISSUERS[issuer]}
    return any(
        key in claims
        and operator in _EXACT | {"stringlike"}
        and all(_names_customer(operator, value) for value in values)
        for operator, key, values in tests
    )


def _names_customer(operator: str, value: str) -> bool:
    if operator in _EXACT or not _has_wildcard(value):
        return True
    return _OWNED.fullmatch(value) is not None


def _has_wildcard(value: str) -> bool:
    return "*" in value or "?" in value
