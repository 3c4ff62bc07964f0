"""What an account of the estate begins with."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from tests.bench import buckets, groups, networks, roles, things, users, watchers
from tests.bench.things import Thing

REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2", "eu-central-1", "us-west-2")

_SHARES = {
    "people": 0.12,
    "roles": 0.08,
    "policies": 0.05,
    "buckets": 0.05,
    "acls": 0.02,
    "lists": 0.01,
    "accesses": 0.06,
    "threats": 0.06,
    "keys": 0.15,
}
"""Of all bodies of an account; a user and its row of the credential report are two. The rest are groups."""


def population(
    rng: random.Random, account: str, size: int, regions: int, number: Callable[[], int]
) -> Iterator[Thing]:
    """Yield everything that an account has at first, about `size` bodies in so many regions."""
    places = REGIONS[:regions]
    counts = {name: max(round(size * share), 1) for name, share in _SHARES.items()}
    yield from _account_wide(rng, account, counts, places, number)
    for region in places:
        yield things.new_trail(rng, account, region)
        yield watchers.new_detector(account, region, things.a_while_ago(rng))
        yield watchers.old_threat(rng, account, region)
    walls = size - sum(counts.values()) - counts["people"] - 3 * len(places) - 21
    makers: dict[str, Callable[[str], Thing]] = {
        "acls": lambda region: networks.new_acl(rng, account, region),
        "lists": lambda region: networks.new_list(rng, account, region, number()),
        "accesses": lambda region: watchers.new_access(
            rng, account, region, things.a_while_ago(rng)
        ),
        "threats": lambda region: watchers.new_threat(rng, account, region, things.START),
        "keys": lambda region: things.new_key(rng, account, region, things.a_while_ago(rng)),
        "walls": lambda region: groups.new_group(rng, account, region),
    }
    for name, make in makers.items():
        for n in range(counts.get(name, max(walls, 1))):
            yield make(places[n % len(places)])


def _account_wide(
    rng: random.Random,
    account: str,
    counts: dict[str, int],
    places: Sequence[str],
    number: Callable[[], int],
) -> Iterator[Thing]:
    for _ in range(counts["people"]):
        yield users.new_user(rng, account, number(), things.a_while_ago(rng))
    yield users.root_row(account)
    yield things.new_block(account)
    yield roles.new_password_policy(account)
    for name in REGIONS:
        yield watchers.new_region(account, name, optional=False)
    yield watchers.new_region(account, rng.choice(watchers.OPTIONAL_REGIONS), optional=True)
    for name in users.GROUPS:
        yield users.new_team(rng, account, name, things.a_while_ago(rng))
    for name, statement in roles.OF_AWS.items():
        yield roles.policy_of_aws(account, name, statement)
    for _ in range(counts["roles"]):
        yield roles.new_role(rng, account, number(), things.a_while_ago(rng))
    for _ in range(counts["policies"]):
        yield roles.new_policy(rng, account, number(), things.a_while_ago(rng))
    for n in range(counts["buckets"]):
        made = things.a_while_ago(rng)
        yield buckets.new_bucket(rng, account, places[n % len(places)], made)
