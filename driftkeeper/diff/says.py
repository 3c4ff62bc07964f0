"""Writes the sentence of a change, with the real values in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Json

_LONGEST = 160


def sentence(kind: ChangeKind, difference: Difference) -> str:
    """Return the kind's sentence filled in; a field that is not there reads as `?`.

    Besides the fields of the configuration there are `resource` (what people call the thing),
    `principal` (the same of a user, group or role, with which of them it is), `leaf`
    (the last name of the path), `steps` (its names by position), `path`, `before` and `after`.
    """
    d = difference
    fields = d.body.config if d.body else {}
    words = {
        "resource": _called(d.resource, fields),
        "principal": _sort(d.resource) + short_name(d.resource),
        "path": "/".join(d.path),
        "leaf": d.path[-1] if d.path else "",
        "steps": _Steps(d.path),
        "before": _short(d.before),
        "after": _short(d.after),
    }
    more = "" if kind.adds is None else kind.adds(d)
    return kind.says.format_map(_Words(fields, words)) + more


def _called(resource: str, fields: Mapping[str, Json]) -> str:
    """Return the short name, and the name given by its owner where it has another."""
    short = short_name(resource)
    given = fields.get("GroupName") or _first_alias(fields.get("Aliases"))
    return f"{short} ({given})" if given and given != short else short


def _sort(resource: str) -> str:
    """Return what the ARN of a user, group or role says that it is; nothing for other resources."""
    sort = resource.split(":", 5)[-1].partition("/")[0]
    return f"{sort} " if ":iam::" in resource else ""


def _first_alias(aliases: Json) -> Json:
    first = aliases[0] if isinstance(aliases, list) and aliases else None
    return first.get("AliasName") if isinstance(first, dict) else None


def short_name(resource: str) -> str:
    """Return the last part of an ARN or URN: what people call the thing."""
    if not resource.startswith("arn:"):
        return resource.rsplit(":", 1)[-1]
    tail = resource.split(":", 5)[-1]  # what follows may hold colons of its own: an IPv6 address
    return tail.split("/", 1)[1] if "/" in tail else tail.rsplit(":", 1)[-1]


class _Words(dict[str, Any]):
    """Our own words, and any field of the configuration when the sentence asks for it."""

    def __init__(self, fields: Mapping[str, Json], words: Mapping[str, Any]) -> None:
        super().__init__(words)
        self._fields = fields

    def __missing__(self, key: str) -> str:
        return _short(self._fields[key]) if key in self._fields else "?"


class _Steps(tuple[str, ...]):
    """The path's names by position, `?` beyond its end."""

    __slots__ = ()

    def __getitem__(self, index: Any) -> Any:
        return super().__getitem__(index) if index < len(self) else "?"


def _short(value: Json) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "on" if value else "off"
        case Mapping():
            text = ", ".join(f"{name} {_short(item)}" for name, item in value.items()) or "none"
        case list():
            text = ", ".join(map(_short, value)) or "none"
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
