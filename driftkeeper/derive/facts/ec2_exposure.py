"""What a security group exposes: the union of its sources per family, protocol and port.

A rule is not an exposure. Half the internet twice is the internet; a rule for all protocols opens every
port; and a second rule for the same port exposes nothing new. Prefix lists are not resolved here and
named as `unresolved`.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact
from driftkeeper.domain.types import Json, Moved
from driftkeeper.semantics.network import compare, exposure

_DIRECTIONS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


def exposed(config: Mapping[str, Json]) -> dict[str, Json]:
    """Return the exposure of a group in both directions."""
    return {direction: exposure(config.get(name, [])) for direction, name in _DIRECTIONS.items()}


def compared(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[Moved]:
    """Return each run of ports whose reach moved, at `direction/family/protocol/ports`."""
    return [
        Moved(
            (direction, run.family, run.protocol, _ports(run.first, run.last)),
            str(run.before),
            str(run.after),
            frozenset(name for name in ("grows", "shrinks") if getattr(run, name)),
        )
        for direction in _DIRECTIONS
        for run in compare(old[direction], new[direction])
    ]


def _ports(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


EXPOSURE = Fact(
    name="ec2.exposure",
    title="What security groups expose",
    says="Which ports of which protocol are reachable from how much of the internet, per group.",
    of="ec2.security_group",
    version=1,
    derive=exposed,
    compare=compared,
)
