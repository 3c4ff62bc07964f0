"""Says in words which statements of a policy document came, went, and differ inside."""

from __future__ import annotations

from driftkeeper.diff.spec import Difference
from driftkeeper.domain.types import Body, Json
from driftkeeper.semantics.policy_difference import CAME, DIFFERS, WENT, policy_lines

_LISTED = 2
_HEADS = {CAME: "now also ", WENT: "no longer ", DIFFERS: ""}


def statements(d: Difference) -> str:
    """Return `: now also …; no longer …` for the end of a sentence, or nothing if none differs.

    Actions and condition keys are spelled as in the text that AWS answered.
    """
    lines = policy_lines(d.before, d.after, as_answered(d))
    more = len(lines) - _LISTED
    words = [_HEADS[sign] + line for sign, line in lines[:_LISTED]]
    words += [f"and {more} more"] if more > 0 else []
    return f": {'; '.join(words)}" if words else ""


def as_answered(d: Difference) -> list[Json]:
    """Return the documents as AWS answered them, which is observation; None for one that is not there."""
    return [_observed(body, d.path) for body in (d.old, d.new)]


def _observed(body: Body | None, path: tuple[str, ...]) -> Json:
    value: Json = None if body is None else dict(body.observed)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
