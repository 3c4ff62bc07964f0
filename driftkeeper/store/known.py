"""A scope as it was last seen, for a look that need not ask again for what cannot have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from driftkeeper.domain.canonical import decode
from driftkeeper.domain.types import Body, Json, Scope
from driftkeeper.store import latest
from driftkeeper.store.blobs import Blobs


def last_bodies(
    connection: Connection, scope: Scope, tool: tuple[str, str]
) -> tuple[datetime, dict[str, Body]] | None:
    """Return when the last complete listing of a scope began, and the bodies that were seen in it.

    A detail that this listing did not see is left out: what is carried over was not seen again. None
    when there is no listing, or one by another `tool` (botocore's version, the catalogue's digest),
    which may have read other things.
    """
    head = latest.scope_heads(connection, only=scope).get(scope)
    if head is None or head.listed is None or head.as_of is None:
        return None
    if latest.tools(connection, [head.listed])[head.listed] != tool:
        return None
    blobs = Blobs(connection)
    heads = {
        key: found
        for key, found in latest.resource_heads(connection, head.id).items()
        if found.digest is not None
    }
    contents = blobs.get(str(found.digest) for found in heads.values())
    block: Mapping[str, dict[str, Json]] = {}
    if head.observed_digest is not None:
        block = decode(blobs.get([head.observed_digest])[head.observed_digest])
    blind: dict[str, set[str]] = {}
    for key, detail in latest.blind_details(connection, head, heads.keys()):
        blind.setdefault(key, set()).add(detail)
    bodies = {}
    for key, found in heads.items():
        encoded = contents[str(found.digest)]
        body = Body(key, found.uid, decode(encoded), encoded, str(found.digest), block.get(key, {}))
        bodies[key] = _without(body, blind.get(key, set()))
    return head.as_of, bodies


def _without(body: Body, names: set[str]) -> Body:
    if not names:
        return body
    config = {name: value for name, value in body.config.items() if name not in names}
    observed = {name: value for name, value in body.observed.items() if name not in names}
    return replace(body, config=config, observed=observed)
