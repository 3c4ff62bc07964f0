"""What people narrow the change log by: the options, what they may say, and the filter they come to.

One place for all of it: an option is an annotation here, a field of `Filters`, and a line in `narrow`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.catalog_controls import completed
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.types import Change, Direction, Scope, Severity

if TYPE_CHECKING:
    from driftkeeper.cli.session import Session
    from driftkeeper.diff.spec import ChangeKind
    from driftkeeper.store.database import Connection
    from driftkeeper.store.read import ChangeFilter
    from driftkeeper.workflow.moments import Span

Kinds = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GLOB",
        help="Only these kinds of change, such as 'sg.*'; repeatable.",
        autocompletion=complete.kinds,
    ),
]
Directions = Annotated[
    list[Direction] | None,
    typer.Option(
        metavar="DIRECTION", help="Only weakened, strengthened, neutral or activity; repeatable."
    ),
]
Least = Annotated[
    Severity | None,
    typer.Option(metavar="LEVEL", help="At least so severe: info, low, medium, high or critical."),
]
Evidence = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TYPE",
        help="Only this evidence type with its facts, or this fact; globs too; repeatable.",
        autocompletion=complete.evidence_and_facts,
    ),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option(metavar="ACCOUNT", help="Only this account, by id or name; repeatable."),
]
Regions = Annotated[
    list[str] | None, typer.Option(metavar="REGION", help="Only this region; repeatable.")
]
Resource = Annotated[
    str | None,
    typer.Option(
        metavar="RESOURCE",
        help="Only this one: ARN, key, an end of one, or a given name; with * or ?, all that fit.",
    ),
]
Criteria = Annotated[
    list[str] | None,
    typer.Option(metavar="CRITERION", help="Only for this one, such as CC6.6; repeatable."),
]

Controls = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONTROL",
        help="Only kinds that bear on this control, such as root-mfa-enabled; repeatable.",
        autocompletion=completed,
    ),
]
Actors = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GLOB",
        help="Only what somebody of this name did, as far as it was found out; repeatable.",
    ),
]


@dataclass(frozen=True, slots=True)
class Filters:
    """What was typed, option by option."""

    kinds: Sequence[str] = ()
    directions: Sequence[Direction] = ()
    severity: Severity | None = None
    evidence: Sequence[str] = ()
    accounts: Sequence[str] = ()
    regions: Sequence[str] = ()
    resource: str | None = None
    criteria: Sequence[str] = ()
    controls: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The filter of the change log, which scopes its changes could be from, and what is odd about it.

    `passes` says of a change what the database cannot, None where there is nothing to say.
    """

    filter: ChangeFilter
    matters: Callable[[Scope], bool]
    hints: tuple[str, ...]
    passes: Callable[[Change], bool] | None = None


def narrow(session: Session, connection: Connection, span: Span, typed: Filters) -> Narrowed:
    """Return what the options come to. Raises `UsageError` for names that nothing has."""
    from driftkeeper.assess.catalog import bears
    from driftkeeper.workflow.ask import bases, with_facts
    from driftkeeper.workflow.moments import narrowed
    from driftkeeper.workflow.names import require_seen, resolve

    accounts = _account_ids(session, typed.accounts)
    require_seen(connection, accounts, typed.regions)
    evidence = with_facts(_evidence(typed.evidence))
    kinds, criteria = _kinds(connection, typed.kinds), _criteria(typed.criteria)
    kinds = _of_controls(connection, kinds, typed.controls)
    found = narrowed(
        span,
        accounts=accounts,
        regions=tuple(typed.regions),
        evidence=evidence,
        kinds=kinds,
        directions=tuple(typed.directions),
        severities=_at_least(typed.severity),
        criteria=criteria,
    )
    scopes: tuple[Scope, ...] | None = None
    if typed.resource is not None and is_glob(typed.resource):
        found = replace(found, resources_like=(typed.resource,))
    elif typed.resource is not None:
        named = resolve(
            connection,
            typed.resource,
            accounts=accounts,
            regions=typed.regions,
            evidence=bases(evidence),
        )
        found, scopes = replace(found, resource=named.key), named.scopes
    mattering = _mattering(found, bases(evidence), bases(_evidence_of(kinds)), scopes)
    passes = partial(bears, typed.controls) if typed.controls else None
    return Narrowed(found, mattering, tuple(_hints(found)), passes)


def is_glob(text: str) -> bool:
    """Say whether a name stands for all that fit it."""
    return "*" in text or "?" in text


def _account_ids(session: Session, words: Sequence[str]) -> tuple[str, ...]:
    names = [entry.name for entry in session.config.accounts if entry.name]
    for word in words:
        near = "" if word in names else _near(word, names)
        if near:
            raise UsageError(f"no account is named {word!r}{near}")
    return session.config.account_ids(words)


def _evidence(words: Sequence[str]) -> list[str]:
    from driftkeeper.workflow.evidence_names import named

    found = named(words)
    return [*found.types, *found.facts]


def _kinds(connection: Connection, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds that fit, also those that an older version gave names which are no more."""
    from driftkeeper.diff.catalog import kinds as declared
    from driftkeeper.workflow.ask import kinds_in_log

    if not patterns:
        return ()
    known = {*declared(), *kinds_in_log(connection)}
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            families = {f"{name.split('.')[0]}.*" for name in known}
            near = _near(pattern, known | families)
            raise UsageError(
                f"no kind of change fits {pattern!r}{near}; see `driftkeeper catalog kinds`"
            )
    return tuple(
        name for name in sorted(known) if any(fnmatchcase(name, pattern) for pattern in patterns)
    )


def _of_controls(
    connection: Connection, kinds: tuple[str, ...], controls: Sequence[str]
) -> tuple[str, ...]:
    """Return which of the kinds bear on one of the controls; a name that none has where none does."""
    from driftkeeper.assess.catalog import kinds_for
    from driftkeeper.diff.catalog import kinds as declared
    from driftkeeper.workflow.ask import kinds_in_log

    if not controls:
        return kinds
    globs = [glob for control in controls for glob in kinds_for(control)]
    among = kinds or sorted({*declared(), *kinds_in_log(connection)})
    found = tuple(name for name in among if any(fnmatchcase(name, glob) for glob in globs))
    return found or ("",)


def _criteria(words: Sequence[str]) -> tuple[str, ...]:
    from driftkeeper.diff.catalog import kinds

    known = sorted({name for kind in kinds().values() for name in kind.criteria})
    for word in words:
        if word.upper() not in known:
            raise UsageError(
                f"no kind of change bears on criterion {word!r}; known are: {', '.join(known)}"
            )
    return tuple(word.upper() for word in words)


def _near(word: str, known: Iterable[str]) -> str:
    """Return the question whether something like the word was meant, or nothing."""
    near = get_close_matches(word, sorted(known), n=2, cutoff=0.7)
    return f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""


def _at_least(severity: Severity | None) -> tuple[Severity, ...]:
    if severity is None or severity is min(Severity):
        return ()
    return tuple(each for each in Severity if each >= severity)


def _hints(wanted: ChangeFilter) -> Iterable[str]:
    """Say where the options exclude each other, so that nothing can ever be found."""
    from driftkeeper.diff.catalog import declared

    fitting = [kind for kind in declared() if not wanted.kinds or kind.name in wanted.kinds]
    if not fitting:
        return  # named by an older version: nobody knows what it could be
    tests: Mapping[str, Callable[[ChangeKind], bool]] = {
        "--evidence": lambda kind: _is_of(kind, wanted.evidence),
        "--criterion": lambda kind: (
            not wanted.criteria or not set(wanted.criteria).isdisjoint(kind.criteria)
        ),
        "--direction": lambda kind: (
            not wanted.directions or callable(kind.direction) or kind.direction in wanted.directions
        ),
        "--severity": lambda kind: (
            not wanted.severities or callable(kind.severity) or kind.severity in wanted.severities
        ),
    }
    for option, passes in tests.items():
        before, fitting = fitting, [kind for kind in fitting if passes(kind)]
        if not fitting:
            names = ", ".join(sorted({kind.name for kind in before})[:3])
            yield f"Nothing can match: {option} excludes what the other options let through ({names})."
            return


def _is_of(kind: ChangeKind, evidence: Sequence[str]) -> bool:
    from driftkeeper.diff.spec import EVERYTHING

    return not evidence or kind.evidence == EVERYTHING or kind.evidence in evidence


def _evidence_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return what kinds are about; nothing where one may be about anything, or is not known any more."""
    from driftkeeper.diff.catalog import declared
    from driftkeeper.diff.spec import EVERYTHING

    about = {(kind.name, kind.evidence) for kind in declared() if kind.name in names}
    found = {evidence for _, evidence in about}
    is_any = EVERYTHING in found or {*names} != {name for name, _ in about}
    return () if is_any else tuple(sorted(found))


def _mattering(
    narrow: ChangeFilter,
    evidence: Sequence[str],
    named: Sequence[str],
    scopes: tuple[Scope, ...] | None,
) -> Callable[[Scope], bool]:
    """Return which scopes the changes could be from."""

    def matters(scope: Scope) -> bool:
        return (
            (not narrow.accounts or scope.account in narrow.accounts)
            and (not narrow.regions or scope.region in narrow.regions)
            and (not evidence or scope.evidence in evidence)
            and (not named or scope.evidence in named)
            and (scopes is None or scope in scopes)
        )

    return matters
