"""The words for the fields of a body that no model tells: what functions and tidying make of answers.

An evidence type whose fields are not all modelled says so with its `made`. Tests hold that against the
bodies that are really made, so that a field which is read and not written down is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Fields: TypeAlias = "Mapping[str, Fields] | None"
"""What is inside a value, None for a plain one. The elements of a list are under `LIST`."""

LIST = "[]"


@dataclass(frozen=True)
class Made:
    """Where the rows of a function come from, and what is put into them and left out.

    `rows` are the `items` of the calls whose modelled rows a listing function hands on, `fields` those
    at the top, also in place of modelled ones, `inside` more of them at a dotted path. A list that is
    `single` is kept as the one element that it has. `named_by` says, of each set whose elements a
    function names, which fields of an element its name is made of.
    """

    rows: tuple[str | None, ...] = ()
    fields: Mapping[str, Fields] = field(default_factory=dict)
    inside: Mapping[str, Mapping[str, Fields]] = field(default_factory=dict)
    single: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    named_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def plain(*names: str) -> dict[str, Fields]:
    """Return fields that hold plain values."""
    return dict.fromkeys(names)
