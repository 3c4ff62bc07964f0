"""Writes the sentence of a change, with the real values in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Json

_LONGEST = 160


def sentence(kind: ChangeKind, difference: Difference) -> str:
    """Return the kind's sentence filled in; a field that is not there reads as `?`.

    Besides the fields of the configuration there are `resource` (what people call the thing), `leaf`
    (the last name of the path), `steps` (its names by position), `path`, `before` and `after`.
    """
    d = difference
    fields = dict(d.body.config) if d.body else {}
    words = {
        **{name: _short(value) for name, value in fields.items()},
        "resource": _called(d.resource, fields),
        "path": "/".join(d.path),
        "leaf": d.path[-1] if d.path else "",
        "steps": _Steps(d.path),
        "before": _short(d.before),
        "after": _short(d.after),
    }
    return kind.says.format_map(_Lenient(words))


def _called(resource: str, fields: Mapping[str, Json]) -> str:
    """Return the short name, and the name given by its owner where it has another."""
    short = short_name(resource)
    aliases = fields.get("Aliases") or [{}]
    given = fields.get("GroupName") or aliases[0].get("AliasName")
    return f"{short} ({given})" if given else short


def short_name(resource: str) -> str:
    """Return the last part of an ARN or URN: what people call the thing."""
    tail = resource.rsplit(":", 1)[-1]
    return tail.split("/", 1)[1] if "/" in tail and resource.startswith("arn:") else tail


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


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
            text = ", ".join(f"{name} {_short(item)}" for name, item in value.items())
        case list():
            text = ", ".join(map(_short, value)) or "nothing"
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
