"""Deeds to roles, managed policies and the password policy."""

from __future__ import annotations

from driftkeeper.domain.canonical import timestamp
from tests.bench import roles
from tests.bench.deeds import Edit, World, retagged, statement
from tests.bench.things import BASE32, OUTSIDER, Thing, some
from tests.bench.user_edits import boundary, policy_attachment

_MOST_VERSIONS = 5
_TRUST = "AssumeRolePolicyDocument"


def outsider(role: Thing, world: World) -> bool:
    """Let another account assume the role, or no longer."""
    trusted = statement(role.item[_TRUST], "Own")["Principal"]["AWS"]
    had = OUTSIDER in trusted
    trusted.remove(OUTSIDER) if had else trusted.append(OUTSIDER)
    world.expect(role, f"iam.role.trust_{'narrowed' if had else 'widened'}", _TRUST)
    world.expect(role, f"iam.role.external_principal_{'removed' if had else 'added'}", _TRUST)
    return True


def orphaned(role: Thing, world: World) -> bool:
    """Delete a role that is trusted: AWS puts its id in the place of its name."""
    trusted = statement(role.item[_TRUST], "Own")["Principal"]["AWS"]
    there = [name for name in trusted if ":role/ci-" in name]
    if not there:
        return False
    trusted.remove(world.rng.choice(there))
    trusted.append(f"AROA{some(world.rng, BASE32, 17)}")
    world.expect(role, "iam.role.trust_principal_orphaned", _TRUST)
    return True


def session(role: Thing, world: World) -> bool:
    """Let sessions last longer, or not."""
    (settings,) = role.item["Settings"]
    longer = settings["MaxSessionDuration"] == 3600
    settings["MaxSessionDuration"] = 43200 if longer else 3600
    kind = f"iam.role.max_session_{'increased' if longer else 'reduced'}"
    world.expect(role, kind, "Settings/MaxSessionDuration")
    return True


def role_made(role: Thing, world: World) -> bool:
    made = roles.new_role(world.rng, role.scope.account, world.number(), world.now)
    made.item["AttachedManagedPolicies"] = []
    world.add(made)
    world.expect(made, "iam.role.created")
    return True


def role_deleted(role: Thing, world: World) -> bool:
    world.remove(role)
    world.expect(role, "iam.role.deleted")
    return True


def role_recreated(role: Thing, world: World) -> bool:
    """Delete the role and make another of the same name and rights."""
    role.item["RoleId"] = f"{role.item['RoleId'][:-6]}{world.number():06}"
    role.item["CreateDate"] = timestamp(world.now)
    world.expect(role, "iam.role.recreated")
    world.expect(role, "resource.attribute_changed", "CreateDate")
    return True


def _saved(policy: Thing, world: World, effect: str) -> None:
    """Save the policy, which puts its next version in force."""
    _next_version(policy, world)
    world.expect(policy, f"iam.policy.permissions_{effect}", "Document")
    world.expect(policy, "iam.policy.default_version_changed", "DefaultVersionId")


def _next_version(policy: Thing, world: World) -> None:
    """Put the next version in force; AWS keeps five."""
    number = int(policy.item["DefaultVersionId"][1:]) + 1
    policy.item |= {"DefaultVersionId": f"v{number}", "UpdateDate": timestamp(world.now)}
    if policy.item["VersionCount"] < _MOST_VERSIONS:
        policy.item["VersionCount"] += 1
        world.expect(policy, "resource.attribute_changed", "VersionCount")


def updated(policy: Thing, world: World) -> bool:
    """Let AWS publish a new version of a policy of its own."""
    if policy.item["Owner"] != "aws":
        return False
    number = world.number()
    more = {"Effect": "Allow", "Action": f"sns:Publish{number}*", "Resource": "*"}
    policy.item["Document"]["Statement"].append({"Sid": f"More{number}", **more})
    _next_version(policy, world)
    world.expect(policy, "iam.policy.aws_managed_updated", "Document")
    world.expect(policy, "resource.attribute_changed", "DefaultVersionId")
    return True


def widened(policy: Thing, world: World) -> bool:
    number = world.number()
    more = {"Effect": "Allow", "Action": f"sns:Publish{number}*", "Resource": "*"}
    policy.item["Document"]["Statement"].append({"Sid": f"More{number}", **more})
    _saved(policy, world, "widened")
    return True


def narrowed(policy: Thing, world: World) -> bool:
    """Take back what the policy was widened by."""
    rows = policy.item["Document"]["Statement"]
    more = [row for row in rows if row["Sid"].startswith("More")]
    if not more:
        return False
    rows.remove(world.rng.choice(more))
    _saved(policy, world, "narrowed")
    return True


def wildcard(policy: Thing, world: World) -> bool:
    """Allow all of a service on everything, or no longer."""
    rows = policy.item["Document"]["Statement"]
    whole = [row for row in rows if row["Sid"] == "All"]
    if whole:
        rows.remove(whole[0])
    else:
        rows.append({"Sid": "All", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
    _saved(policy, world, "narrowed" if whole else "widened")
    world.expect(policy, f"iam.policy.wildcard_{'removed' if whole else 'added'}", "Document")
    return True


def policy_made(policy: Thing, world: World) -> bool:
    made = roles.new_policy(world.rng, policy.scope.account, world.number(), world.now)
    world.add(made)
    world.expect(made, "iam.policy.created")
    return True


def policy_deleted(policy: Thing, world: World) -> bool:
    world.remove(policy)
    world.expect(policy, "iam.policy.deleted")
    return True


def password_length(rules: Thing, world: World) -> bool:
    return _switched(rules, world, "MinimumPasswordLength", 14, 10)


def password_symbols(rules: Thing, world: World) -> bool:
    return _switched(rules, world, "RequireSymbols", True, False)


def password_age(rules: Thing, world: World) -> bool:
    return _switched(rules, world, "MaxPasswordAge", 90, 180)


def _switched(rules: Thing, world: World, name: str, strong: object, weak: object) -> bool:
    is_strong = rules.item[name] == strong
    rules.item[name] = weak if is_strong else strong
    world.expect(rules, f"iam.password_policy.{'weakened' if is_strong else 'strengthened'}")
    return True


def _of_customer(edit: Edit) -> Edit:
    """Return the edit for policies that the customer can edit."""
    return lambda policy, world: policy.item["Owner"] == "customer" and edit(policy, world)


ROLE_EDITS: tuple[Edit, ...] = (
    outsider,
    orphaned,
    session,
    policy_attachment,
    boundary,
    retagged,
    role_made,
    role_deleted,
    role_recreated,
)
POLICY_EDITS: tuple[Edit, ...] = (
    updated,
    *map(_of_customer, (widened, narrowed, wildcard, policy_made, policy_deleted)),
)
TEAM_EDITS: tuple[Edit, ...] = (policy_attachment,)
PASSWORD_EDITS: tuple[Edit, ...] = (password_length, password_symbols, password_age)
