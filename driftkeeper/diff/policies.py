"""Policy documents as kinds see them: canonical, or kept as they came because they are none."""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.domain.types import Json
from driftkeeper.semantics.policy import PolicyError, canonical
from driftkeeper.semantics.policy_effect import Effect, compare


def document(value: Json) -> Mapping[str, Json] | None:
    """Return the policy in canonical form; None for no policy, and for what cannot be read as one."""
    if value is None:
        return None
    try:
        return canonical(value)
    except PolicyError:
        return None


def effect(before: Json, after: Json) -> Effect:
    """Return what the difference does to access; `changed` when either side cannot be read."""
    old, new = document(before), document(after)
    if (old is None) != (before is None) or (new is None) != (after is None):
        return Effect.CHANGED
    return compare(old, new)
