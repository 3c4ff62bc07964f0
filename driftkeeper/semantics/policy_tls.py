"""Whether a bucket policy keeps out whoever does not encrypt on the way.

Source: the global condition key ``aws:SecureTransport``, and ``s3:TlsVersion`` for a lowest version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from driftkeeper.semantics.policy import DENY, glob_covers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from driftkeeper.semantics.policy import Statement

_LOWEST_VERSION: Final = 1.2


def enforces_tls(canonical: Mapping[str, Any], bucket: str) -> bool:
    """Say whether the policy denies everyone everything in the bucket without TLS.

    ``bucket`` is the bucket's ARN. The Deny must be for all of S3's actions, have no second condition,
    and be on the bucket as well as on all objects in it; several statements count together.
    """
    denied = [
        pattern
        for statement in canonical["Statement"]
        if _denies_without_tls(statement)
        for pattern in statement.get("Resource", ())
    ]
    return all(
        any(glob_covers(pattern, resource) for pattern in denied)
        for resource in (bucket, f"{bucket}/*")
    )


def _denies_without_tls(statement: Statement) -> bool:
    principals = statement.get("Principal", {})
    return (
        statement.get("Effect") == DENY
        and "*" in principals.get("AWS", ())
        and any(glob_covers(action, "s3:*") for action in statement.get("Action", ()))
        and _is_only_about_tls(statement.get("Condition", {}))
    )


def _is_only_about_tls(condition: Mapping[str, Mapping[str, Sequence[str]]]) -> bool:
    tests = [
        (operator.lower().removesuffix("ifexists"), key, values)
        for operator, keys in condition.items()
        for key, values in keys.items()
    ]
    return len(tests) == 1 and _is_about_tls(*tests[0])


def _is_about_tls(operator: str, key: str, values: Sequence[str]) -> bool:
    if (operator, key) == ("bool", "aws:securetransport"):
        return list(values) == ["false"]
    if (operator, key) == ("numericlessthan", "s3:tlsversion"):
        return any(_version(value) >= _LOWEST_VERSION for value in values)
    return False


def _version(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
