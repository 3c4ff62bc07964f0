"""What an edit of an estate is: a deed, with the changes that an honest log tells of it and no others.

An edit does something to a thing in the spelling of AWS, says what must be told, and returns whether it
could be done at all (a key that is off cannot be switched off).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from tests.bench.things import Item, Thing


class World(Protocol):
    """What an edit may ask of the estate, and what it tells it."""

    rng: random.Random
    now: datetime

    def expect(
        self,
        thing: Thing,
        kind: str,
        path: str = "",
        fact: str | None = None,
        *,
        at_first: bool = False,
    ) -> None:
        """Note a change that must be told of the thing, or of a fact about it.

        With `at_first` it is told even where its part is seen for the first time.
        """

    def add(self, thing: Thing) -> None:
        """Put a thing, and its twin, into the estate."""

    def remove(self, thing: Thing) -> None:
        """Take a thing, and its twin, out of the estate."""

    def idle(self, thing: Thing) -> Sequence[Thing]:
        """Return the other things of the same scope of which nothing waits to be told."""

    def number(self) -> int:
        """Return a number never returned before."""


Edit = Callable[[Thing, World], bool]


def turned(thing: Thing, world: World, path: str, off: str, on: str) -> bool:
    """Turn the switch at the path of the thing, and expect the kind for it."""
    *steps, name = path.split("/")
    place: Any = thing.item
    for step in steps:
        place = place[step]
    place[name] = not place[name]
    world.expect(thing, on if place[name] else off, path)
    return True


def statement(document: Item, sid: str) -> Item:
    """Return the statement of that name; saving a policy anew may put them in any order."""
    found: Item = next(row for row in document["Statement"] if row["Sid"] == sid)
    return found


def retagged(thing: Thing, world: World) -> bool:
    """Give one tag another value."""
    prefix = "Tag" if thing.scope.evidence == "kms.key" else ""
    tag = world.rng.choice(thing.item["Tags"])
    tag[f"{prefix}Value"] += "-new"
    path = f"Tags/{tag[f'{prefix}Key']}/{prefix}Value"
    world.expect(thing, "resource.attribute_changed", path)
    return True
