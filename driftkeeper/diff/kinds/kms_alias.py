"""KMS aliases: the names by which keys are called, and the keys that they point to."""

from __future__ import annotations

from driftkeeper.diff.says import short_name
from driftkeeper.diff.spec import ChangeKind, Difference, Echo, Lifecycle, appeared, vanished
from driftkeeper.domain.types import Body, Direction, Severity

_KEY = "kms.key"


def _aliases(body: Body | None) -> set[str]:
    rows = body.config.get("Aliases") if body else None
    found = rows if isinstance(rows, list) else ()
    return {str(row.get("AliasName")) for row in found if isinstance(row, dict)}


def _other_key(d: Difference) -> str | None:
    """Return the key that the alias left as it came to this one, or the other way round."""
    for pair in d.beside:
        beside = pair.before if appeared(d) else pair.after
        if pair.key != d.resource and d.path[1] in _aliases(beside):
            return pair.key
    return None


def _retargeted(d: Difference) -> bool:
    return (appeared(d) or vanished(d)) and _other_key(d) is not None


def _targets(d: Difference) -> str:
    """Return which key the alias points to now, and to which it did before."""
    here, there = short_name(d.resource), short_name(_other_key(d) or "?")
    return f": {here} instead of {there}" if appeared(d) else f": {there} instead of {here}"


def _alias(d: Difference) -> str:
    """Return the ARN of an alias that a key has, or had."""
    return f"{d.resource.rpartition(':key/')[0]}:{d.path[1]}"


ON_KEYS = (
    ChangeKind(
        name="kms.alias_created",
        evidence=_KEY,
        path="Aliases.*",
        when=lambda d: appeared(d) and not _retargeted(d),
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="key {resource} can be called {leaf} now",
        echo=Echo(("kms.alias_created",), of=_alias),
        trigger="A key has an alias that no key had",
        means="Who may use the alias uses this key; policies that allow by alias hold for it now.",
        advice="Check whether a policy with a pattern on aliases matches it; else nothing to do.",
    ),
    ChangeKind(
        name="kms.alias_deleted",
        evidence=_KEY,
        path="Aliases.*",
        when=lambda d: vanished(d) and not _retargeted(d),
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="key {resource} is no longer called {leaf}",
        echo=Echo(("kms.alias_deleted",), of=_alias),
        trigger="A key lost an alias, and no other key got it",
        means="Calls by this name fail; the key works as before by its id.",
        advice="Ask whether an application still encrypts by this name.",
    ),
)

NAMES = (
    ChangeKind(
        name="kms.alias_retargeted",
        evidence=_KEY,
        path="Aliases.*",
        when=_retargeted,
        direction=Direction.NEUTRAL,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="{leaf} points to another key than before",
        adds=_targets,
        trigger="An alias left one key as it came to another; told of both keys",
        means=(
            "Who encrypts by this name uses a key with another policy now, while data from before"
            " still needs the old one."
        ),
        advice=(
            "Find UpdateAlias in CloudTrail, confirm owner and policy of the new key, and keep"
            " the old one enabled while its data lives."
        ),
    ),
    ChangeKind(
        name="kms.alias_created",
        evidence="kms.alias",
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="{AliasName} was created",
        trigger="An alias is new in the region",
        means=(
            "It is a name and encrypts nothing by itself, but policies that allow by alias"
            " (kms:ResourceAliases) hold for its key now."
        ),
        advice="Check whether a policy with a pattern on aliases matches it; else nothing to do.",
    ),
    ChangeKind(
        name="kms.alias_deleted",
        evidence="kms.alias",
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC6.7",),
        says="{AliasName} was deleted",
        trigger="An alias is gone from a complete listing",
        means=(
            "Calls by this name fail, and policies that allow by alias no longer cover the key;"
            " the key itself is untouched."
        ),
        advice=(
            "Ask whether an application still encrypts by this name; if none does, nothing is"
            " left to do."
        ),
    ),
)
