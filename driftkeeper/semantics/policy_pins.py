"""Which test of a condition pins a statement: asks for something that a stranger cannot choose.

S3 documents the idea as "The meaning of public"; KMS, SNS and Secrets Manager policies are read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from driftkeeper.semantics.network import reach
from driftkeeper.semantics.policy_words import Term

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

# Negated operators hold for a key that is missing, too, as if they ended in `IfExists`.
_OPPOSITE: Final[Mapping[str, str]] = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}

# Identity providers that serve everyone: only these claims tell one customer from another.
SHARED_ISSUERS: Final[Mapping[str, tuple[str, ...]]] = {
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
_ACCOUNT_OF: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d{12}:", re.ASCII)
_FIXED_ACCOUNT: Final = re.compile(r"arn:[^:*?]*:[^:*?]*:[^:*?]*:\d{12}:", re.ASCII)
# Variables that stand for the resource's own owner; any other the caller may fill in.
_VARIABLE: Final = re.compile(r"\$\{(?!aws:resource(?:account|orgid|orgpaths)\})", re.IGNORECASE)


def pins(term: Term) -> bool:
    """Whether a stranger cannot meet the test.

    ``ForAnyValue`` asks that one value fits, as a plain test does. Under every other affix the operator is
    none that pins: ``ForAllValues`` and ``...IfExists`` are content with a key that is missing.
    """
    operator, key, values = _plain(term.operator), term.key, term.operands
    if operator == "ipaddress":
        return key == "aws:sourceip" and not _is_public_range(values)
    if key not in _FIXED_KEYS | _ARN_KEYS | _ORG_PATH_KEYS or operator not in _EXACT | _LIKE:
        return False
    return all(_is_fixed(operator, key, value) for value in values)


def opposite(term: Term) -> Term | None:
    """Return the test that fails for whomever this one holds, if it is the negation of one.

    ``ForAllValues`` and ``...IfExists`` let a negated test hold where the key is missing, which it does
    without them, too; ``ForAnyValue`` does not.
    """
    operator = term.operator.lower().removeprefix("forallvalues:").removesuffix("ifexists")
    found = _OPPOSITE.get(operator)
    return None if found is None else Term(found, term.key, term.operands)


def pins_issuer(issuer: str, term: Term) -> bool:
    """Whether the test tells one customer of a shared identity provider from all the others."""
    operator = _plain(term.operator)
    return (
        term.key in {f"{issuer}:{claim}" for claim in SHARED_ISSUERS[issuer]}
        and operator in _EXACT | {"stringlike"}
        and all(_names_customer(operator, value) for value in term.operands)
    )


def shared_issuers(providers: Iterable[str]) -> list[str]:
    """Return the issuers that serve everyone, of OIDC providers' ARNs or built-in providers' names."""
    names = (provider.rsplit(":oidc-provider/", 1)[-1] for provider in providers)
    return [name for name in names if name in SHARED_ISSUERS]


def _plain(operator: str) -> str:
    return operator.lower().removeprefix("foranyvalue:")


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


def _names_customer(operator: str, value: str) -> bool:
    if operator in _EXACT or not _has_wildcard(value):
        return True
    return _OWNED.fullmatch(value) is not None


def _has_wildcard(value: str) -> bool:
    return "*" in value or "?" in value
