"""What a user, group or role may do in all: its policies together, within its permissions boundary.

Service and resource control policies and session policies are not seen here, nor what resource policies
add. Reading: "Policy evaluation logic" and "Permissions boundaries for IAM entities" in the IAM user guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from driftkeeper.semantics.policy import ALLOW, DENY, canonical
from driftkeeper.semantics.policy_admin import (
    allows_service,
    denies_all,
    escalations,
    full_admin,
    service_wildcards,
    ways,
)

Form: TypeAlias = Mapping[str, Any]
"""A canonical policy document."""

Source: TypeAlias = tuple[str, Form]
"""Where a principal has a policy from, such as the policy's ARN, and the policy."""

_ADMINISTRATOR_ACCESS: Final = re.compile(r"arn:[^:]*:iam::aws:policy/AdministratorAccess")
_EVERYTHING: Final = canonical(
    {"Version": "2012-10-17", "Statement": {"Effect": ALLOW, "Action": "*", "Resource": "*"}}
)
_ALL_WAYS: Final = ways(_EVERYTHING)


class Admin(StrEnum):
    """Whether somebody is an administrator; if not, what stands between it and him."""

    YES = "yes"
    CAPPED = "capped"
    DENIED = "denied"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a principal may do on everything. All names are sorted.

    `because` are the sources that allow everything, also when it is ``capped`` or ``denied``. `near` are
    those that each alone make an administrator by a detour or under a condition. `services` are allowed
    in full. `escalations` are ways to more rights; several sources may each give a part of one.
    """

    admin: Admin
    because: tuple[str, ...]
    near: tuple[str, ...]
    services: tuple[str, ...]
    escalations: tuple[str, ...]


def rights(
    sources: Iterable[Source], boundary: Form | None = None, unseen: Iterable[str] = ()
) -> Rights:
    """Return what the policies allow together, less what any of them denies without condition.

    ``unseen`` are ARNs of attached policies that could not be read: what AWS's own ``AdministratorAccess``
    says is known, any other is left out. With a ``boundary`` only what that allows, too, is a right.
    """
    known = ((arn, form) for arn in unseen if (form := well_known(arn)) is not None)
    held = [*sources, *known]
    limit = _EVERYTHING if boundary is None else boundary
    denials = [each for _, form in (*held, ("", limit)) for each in _denials(form)]
    union = {"Statement": [*(each for _, form in held for each in form["Statement"]), *denials]}
    because = {name for name, form in held if any(map(full_admin, form["Statement"]))}
    within = _ALL_WAYS if boundary is None else ways(limit)
    near = {name for name, form in held if _is_near(form, denials, within)}
    services = {service for _, form in held for service in service_wildcards(form)}
    return Rights(
        _admin(bool(because), denials, limit),
        tuple(sorted(because)),
        tuple(sorted(near - because)),
        tuple(sorted(s for s in services if allows_service(union, s) and allows_service(limit, s))),
        tuple(sorted(escalations(union) & within)),
    )


def well_known(arn: str) -> Form | None:
    """Return the document of the policy of AWS that allows everything, None for any other ARN."""
    return _EVERYTHING if _ADMINISTRATOR_ACCESS.fullmatch(arn) else None


def _denials(form: Form) -> list[Mapping[str, Any]]:
    return [each for each in form["Statement"] if each.get("Effect") == DENY]


def _is_near(form: Form, denials: Iterable[Mapping[str, Any]], within: frozenset[str]) -> bool:
    reduced = {"Statement": [*form["Statement"], *denials]}
    return bool(ways(reduced) & within)


def _admin(allowed: bool, denials: Iterable[Mapping[str, Any]], limit: Form) -> Admin:
    if not allowed:
        return Admin.NO
    if any(map(denies_all, denials)):
        return Admin.DENIED
    return Admin.YES if any(map(full_admin, limit["Statement"])) else Admin.CAPPED
