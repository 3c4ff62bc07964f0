"""Policy documents as kinds see them: canonical, or kept as they came because they are none."""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.domain.types import Json
from driftkeeper.semantics.policy import PolicyError, canonical
from driftkeeper.semantics.policy_effect import Effect, compare
from driftkeeper.semantics.policy_public import orphans
from driftkeeper.semantics.policy_trust import only_orphaned


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


def orphaned(before: Json, after: Json) -> bool:
    """Say whether nobody edited the policy: AWS put ids in the place of names that it has no more."""
    old, new = document(before), document(after)
    return old is not None and new is not None and only_orphaned(old, new)


def orphans_in_place(before: Json, after: Json) -> str:
    """Return the ids that stand in the policy now where names stood, for the end of a sentence."""
    old, new = (
        orphans(found) if found else frozenset() for found in map(document, (before, after))
    )
    return f": {', '.join(sorted(new - old))} stands in its place"
