"""What differs, in lines that people read at a glance: never a block of JSON.

A value reads `on -> off`, a list as what came and went, a map in the fields that differ, a policy statement
by statement. A line is a sign, `+`, `-`, `~` or nothing, and a text that is not yet cleaned for a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from driftkeeper.domain.types import Change, Json

Line = tuple[str, str]

LINES = 4
"""So many lines tell what differs; of more, how many there are."""

_LONGEST = 160
_POLICY = {"Id", "Statement", "Version"}
_NOTHING: tuple[Json, ...] = (None, "", "none", [], {})
_SIGHT = "collection."
_EMPTY = '""'


def in_short(change: Change) -> tuple[list[Line], int]:
    """Return what differs beyond what the sentence says, in few short lines, and how many more there are.

    What a new or a vanished resource was is not told: the sentence names it.
    """
    before, after = change.before, change.after
    if change.kind.startswith(_SIGHT) or (not change.path and None in (before, after)):
        return [], 0
    if change.path and (_is_whole(before, after) or _is_whole(after, before)):
        found = _element(before, after, change.says)
    else:
        found = [
            line
            for line in _differences(change.path, *_ends(before, after))
            if not _is_said(line, change.says)
        ]
    shown = [(sign, cut(text)) for sign, text in found[:LINES]]
    return shown, len(found) - len(shown)


def in_full(change: Change) -> list[Line]:
    """Return everything that differs, however much it is."""
    return [*_differences(change.path, change.before, change.after)]


def cut(text: str, longest: int = _LONGEST) -> str:
    """Return the text, or its beginning when it is too long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _ends(before: Json, after: Json) -> tuple[Json, Json]:
    """Return two ARNs without what they begin with both; other values as they are."""
    if not all(isinstance(value, str) and value.startswith("arn:") for value in (before, after)):
        return before, after
    alike = takewhile(lambda letters: letters[0] == letters[1], zip(before, after, strict=False))
    joint = "".join(letter for letter, _ in alike).rfind("/")
    return (before, after) if joint < 0 else (f"…{before[joint:]}", f"…{after[joint:]}")


def _is_whole(value: Json, other: Json) -> bool:
    """Say whether a map, which is no policy, stands on one side and nothing on the other."""
    is_map = isinstance(value, Mapping) and len(value) > 0
    return other is None and is_map and not _is_policy(value)


def _element(before: Json, after: Json, says: str) -> list[Line]:
    """Return the fields of an element of a set that came or went, without what is said already."""
    sign, element = ("-", before) if after is None else ("+", after)
    rest = {name: value for name, value in element.items() if not _has(says, one_line(value))}
    return [(sign, one_line(rest))] if rest else []


def _differences(path: str, before: Json, after: Json) -> Iterator[Line]:
    if before == after and type(before) is type(after):
        return
    if _are_policies(before, after):
        yield from _policies(path, before, after)
    elif _are(Mapping, before, after):
        old, new = before or {}, after or {}
        for name in sorted({*old, *new}):
            where, was, now = _joined(path, name), old.get(name), new.get(name)
            if was is None and now is None and (name in old) != (name in new):
                yield "+" if name in new else "-", _labelled(where, one_line(None))
            yield from _differences(where, was, now)
        if not old and not new:
            yield _scalar(path, before, after)
    elif _are(list, before, after) and (before or after):
        yield from _lists(path, before or [], after or [])
    else:
        yield _scalar(path, before, after)


def _are(kind: type, before: Json, after: Json) -> bool:
    return all(value is None or isinstance(value, kind) for value in (before, after))


def _are_policies(before: Json, after: Json) -> bool:
    return all(value is None or _is_policy(value) for value in (before, after))


def _is_policy(value: Json) -> bool:
    return isinstance(value, Mapping) and "Statement" in value and {*value} <= _POLICY


def _policies(path: str, before: Json, after: Json) -> Iterator[Line]:
    from driftkeeper.semantics.policy_difference import policy_lines

    lines = policy_lines(before, after)
    label = path.rsplit("/", 1)[-1]
    if not lines:
        yield "~", f"{label or 'the policy'}: written in another way, allowing the same"
    yield from lines


def _lists(path: str, before: Sequence[Json], after: Sequence[Json]) -> Iterator[Line]:
    went = [item for item in before if item not in after]
    came = [item for item in after if item not in before]
    if len(went) == len(came) == 1 and all(isinstance(item, Mapping) for item in (*went, *came)):
        yield from _differences(path, went[0], came[0])
    else:
        yield from (("-", _labelled(path, one_line(item))) for item in went)
        yield from (("+", _labelled(path, one_line(item))) for item in came)
    if not went and not came:
        what = "in another order" if len(before) == len(after) else "repeated in another number"
        yield "~", _labelled(path, f"the same, {what}")


def _scalar(path: str, before: Json, after: Json) -> Line:
    if before is None:
        return "+", _labelled(path, one_line(after))
    if after is None:
        return "-", _labelled(path, one_line(before))
    return "", _labelled(path, f"{one_line(before)} -> {one_line(after)}")


def _joined(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _labelled(path: str, text: str) -> str:
    return f"{path}: {text}" if path else text


def one_line(value: Json) -> str:
    """Return a value in words, without JSON's brackets and quotes."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "on" if value else "off"
        case str():
            return value or _EMPTY
        case Mapping():
            return ", ".join(f"{name} {_inner(item)}" for name, item in value.items()) or "none"
        case list():
            return ", ".join(map(_inner, value)) or "none"
        case _:
            return str(value)


def _inner(value: Json) -> str:
    text = one_line(value)
    is_many = isinstance(value, Mapping | list) and len(value) > 0
    return f"({text})" if is_many else text


def _is_said(line: Line, says: str) -> bool:
    """Say whether the sentence tells everything that is in the line."""
    label, _, values = line[1].rpartition(": ")
    before, arrow, after = values.partition(" -> ")
    if not arrow:
        return _has(says, values)
    name = label.rsplit("/", 1)[-1]
    is_switch = {before, after} == {"on", "off"}
    return (
        _has(says, after)
        and (is_switch or before in _NOTHING or _has(says, before))
        and (not is_switch or _has(says, name))
    )


def _has(says: str, text: str) -> bool:
    """Say whether the sentence has the text as words of its own."""
    if not any(word.isalnum() for word in text):
        return text in says
    # Policies are kept in lower case, and told as their author spelled them.
    return re.search(rf"(?<![\w.]){re.escape(text)}(?!\w)", says, re.IGNORECASE) is not None
