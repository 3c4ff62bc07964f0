"""What each user, group and role may do in all, and from where: who is an administrator in effect.

A right comes from attached and inline policies, a user's also from his groups, and a permissions boundary
caps it. So it moves when a policy gets another version, a group another policy, or a boundary goes, while
the user himself is untouched. Service control policies, session policies and the policies of resources are
not weighed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from driftkeeper.derive.spec import Fact, NotSeenError, Row, View
from driftkeeper.domain.types import GLOBAL_REGION, Change, Json, Moved, Scope
from driftkeeper.semantics.policy import PolicyError, canonical
from driftkeeper.semantics.policy_admin import full_admin, service_wildcards
from driftkeeper.semantics.principal import Admin, Form, Source, rights, well_known

_USER, _GROUP, _ROLE, _POLICY = "iam.user", "iam.group", "iam.role", "iam.policy"
_INLINE = ("UserPolicyList", "GroupPolicyList", "RolePolicyList")
_OF = " of "

Managed = Callable[[str], Form]
"""Gives what the managed policy with an ARN says."""


def effective(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return the rights of a principal; a source is written `policy of whoever has it`.

    `admin` is `yes`, `no`, `capped` (by the boundary) or `denied`; `because` are the sources that allow
    everything, `sources` all of them. `wide` has, by source, the services that it alone allows in full,
    whatever else denies: `*` for everything. `origin` says who made a role: `service_linked` is AWS's
    own, `identity_center` is of IAM Identity Center, and neither can be edited; `account` is any other.
    """
    managed = _managed_of(view)
    sources = [*_sources(config, view, managed)]
    found = rights(sources, _boundary(config, managed))
    return {
        "admin": str(found.admin),
        "because": [*found.because],
        "near": [*found.near],
        "services": [*found.services],
        "escalations": [*found.escalations],
        "wide": {name: wide for name, form in sorted(sources, key=_name) if (wide := _wide(form))},
        "origin": _origin(config),
        "sources": sorted({name for name, _ in sources}),
    }


def _name(source: Source) -> str:
    return source[0]


def _wide(form: Form) -> list[str]:
    if any(map(full_admin, form["Statement"])):
        return ["*"]
    return sorted(service_wildcards(form))


_ORIGINS = {
    "/aws-service-role/": "service_linked",
    "/aws-reserved/sso.amazonaws.com/": "identity_center",
}


def _origin(config: Mapping[str, Json]) -> str:
    path = str(config.get("Path"))
    return next((name for start, name in _ORIGINS.items() if path.startswith(start)), "account")


def _sources(config: Mapping[str, Json], view: View, managed: Managed) -> Iterator[Source]:
    """Yield every policy that a principal has, by itself or through a group."""
    if not config:
        return
    yield from _of_one(config, managed)
    names = config.get("GroupList") or ()
    groups = {group["GroupName"]: group for group in view.all(_GROUP).values()} if names else {}
    for name in names:
        if name not in groups:
            raise NotSeenError(Scope(view.account, GLOBAL_REGION, _GROUP), name)
        yield from _of_one(groups[name], managed)


def _of_one(config: Mapping[str, Json], managed: Managed) -> Iterator[Source]:
    owner = config["Arn"]
    for policy in config.get("AttachedManagedPolicies") or ():
        arn = policy["PolicyArn"]
        yield f"{arn}{_OF}{owner}", managed(arn)
    for name in _INLINE:
        for policy in config.get(name) or ():
            yield f"{policy['PolicyName']}{_OF}{owner}", _read(policy["PolicyDocument"])


def _managed_of(view: View) -> Managed:
    """Return what gives a managed policy; what it says is unknown where it is not among those seen."""

    def managed(arn: str) -> Form:
        if (known := well_known(arn)) is not None:
            return known
        seen = view.all(_POLICY).get(arn)
        if seen is None:
            raise NotSeenError(Scope(view.account, GLOBAL_REGION, _POLICY), arn, "Document")
        return _read(seen["Document"])

    return managed


def _read(document: Json) -> Form:
    """Return the policy in canonical form; IAM refuses what is none, so that allows nothing."""
    try:
        return canonical(document)
    except PolicyError:
        return {"Statement": []}


def _boundary(config: Mapping[str, Json], managed: Managed) -> Form | None:
    found = config.get("PermissionsBoundary")
    return None if not found else managed(found["PermissionsBoundaryArn"])


def rests_on(config: Mapping[str, Json]) -> Iterator[str]:
    """Yield the managed policies and the groups that a principal, or a group, has."""
    yield from config.get("GroupList") or ()
    yield from (policy["PolicyArn"] for policy in config.get("AttachedManagedPolicies") or ())
    if boundary := config.get("PermissionsBoundary"):
        yield boundary["PermissionsBoundaryArn"]


def compared(old: Row, new: Row) -> list[Moved]:
    """Return how far a principal became an administrator, or got ways to become one.

    The ways of an administrator are not told: he needs none.
    """
    names = frozenset([*old["sources"], *new["sources"]])
    admin = (old["admin"], new["admin"])
    if admin[0] != admin[1]:
        because = frozenset([*old["because"], *new["because"]])
        return [Moved(("admin",), *admin, because)]
    if admin[0] == Admin.YES:
        return []
    before, after = set(old["escalations"]), set(new["escalations"])
    found = [
        Moved(("escalations", "added"), None, sorted(after - before), names),
        Moved(("escalations", "removed"), sorted(before - after), None, names),
    ]
    return [moved for moved in found if moved.before or moved.after]


def blame(moved: Moved, change: Change) -> int:
    """Return 3 for what came or went of the sources themselves, 2 for what one of them says, or 0."""
    policies, owners = _named(moved.traits)
    leaf = change.path.partition("/")[2]
    if change.scope.evidence == _POLICY:
        return 2 * (change.resource in policies)
    if change.path.startswith("AttachedManagedPolicies/") or _is_inline(change.path):
        return 3 * (
            change.resource in owners and leaf.partition("/")[0] != "" and _has(leaf, policies)
        )
    if change.path.startswith("GroupList/"):
        return 3 * any(owner.endswith(f"/{leaf}") for owner in owners)
    return 2 * change.path.startswith("PermissionsBoundary")


def _is_inline(path: str) -> bool:
    return path.partition("/")[0] in _INLINE


def _has(leaf: str, policies: Iterable[str]) -> bool:
    """Say whether a path leads to, or into, one of these policies: their names may hold slashes."""
    return any(f"{leaf}/".startswith(f"{name}/") for name in policies)


def _named(sources: Iterable[str]) -> tuple[set[str], set[str]]:
    pairs = [source.rpartition(_OF) for source in sources]
    return {policy for policy, _, _ in pairs}, {owner for _, _, owner in pairs}


RIGHTS = Fact(
    name="iam.rights",
    title="What principals may do in effect",
    says=(
        "Whether each user, group and role is an administrator by all of its policies together, groups"
        " and boundary weighed, and which ways to more rights it has."
    ),
    of=(_USER, _GROUP, _ROLE),
    needs=(_GROUP, _POLICY),
    rests_on=rests_on,
    version=1,
    derive=effective,
    compare=compared,
    blame=blame,
)
