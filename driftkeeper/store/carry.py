"""What is taken over of a resource whose details were not all seen: what was known of that very resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from driftkeeper.domain.types import Body
from driftkeeper.store.latest import Head

Heads = Mapping[str, Head]


def known_as(heads: Heads, bodies: Sequence[Body]) -> dict[str, str]:
    """Return the key under which each resource was known: another one before it was renamed.

    What had its name before and was another thing does not count, nor an immutable id that several share.
    """
    live = {key: head.uid for key, head in heads.items() if head.digest is not None}
    before, now = Counter(live.values()), Counter(body.uid for body in bodies)
    by_uid = {uid: key for key, uid in live.items() if before[uid] == now[uid] == 1}
    known = {}
    for body in bodies:
        uid = live.get(body.key)
        if body.key in live and (uid is None or body.uid is None or uid == body.uid):
            known[body.key] = body.key
        elif body.uid is not None and body.uid in by_uid:
            known[body.key] = by_uid[body.uid]
    return known
