"""`driftkeeper diff`: the net difference of two moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli import filters
from driftkeeper.cli.change_log import counts_of, of_sight, tally, teller
from driftkeeper.cli.changes import NoPager
from driftkeeper.cli.coverage import print_details
from driftkeeper.cli.output import clean, counted, when
from driftkeeper.cli.pager import paged
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import change_json, detail_json, scope_json
from driftkeeper.cli.windows import dated, outside
from driftkeeper.domain.errors import UsageError
from driftkeeper.domain.types import Cause, Change, Scope

if TYPE_CHECKING:
    from driftkeeper.workflow.compare import Comparison

_FEW = 3
"""So many scopes are named without being asked for."""


def run(
    context: typer.Context,
    a: Annotated[
        str, typer.Argument(metavar="A", help="The earlier moment: a date, a time, '#41', first.")
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="The later moment.")] = "latest",
    gross: Annotated[
        bool, typer.Option("--gross", help="Also show what came and went in between.")
    ] = False,
    kind: filters.Kinds = None,
    direction: filters.Directions = None,
    severity: filters.Least = None,
    evidence: filters.Evidence = None,
    account: filters.Accounts = None,
    region: filters.Regions = None,
    resource: filters.Resource = None,
    criterion: filters.Criteria = None,
    control: filters.Controls = None,
    no_pager: NoPager = False,
) -> None:
    """Show what is different at B from A.

    A moment means the last snapshot at or before it; a day, the last one of that day. Told resource by
    resource, the gravest first.
    """
    from driftkeeper.workflow.ask import why_unseen
    from driftkeeper.workflow.compare import compare
    from driftkeeper.workflow.moments import snapshot_for, span_for

    session: Session = context.obj
    calendar = session.config.calendar
    with session.reading() as connection:
        before = snapshot_for(connection, a, session.now, calendar)
        after = snapshot_for(connection, b, session.now, calendar)
        if before.number > after.number:
            raise UsageError(f"{a} is later than {b}; name the earlier moment first")
        everything = span_for(connection, None, None, None, session.now, calendar)
        narrowed = filters.narrow(
            session,
            connection,
            everything,
            filters.Filters(
                kind or (),
                direction or (),
                severity,
                evidence or (),
                account or (),
                region or (),
                resource,
                criterion or (),
                control or (),
            ),
        )
        found = _only(compare(connection, before, after), narrowed)
        why = _Why(why_unseen(connection, before.number), why_unseen(connection, after.number))
    if session.json:
        session.out.document("diff", _comparison_json(found, gross=gross))
        return
    with paged(session.out, off=no_pager):
        _print(session, found, why, gross=gross)


def _only(found: Comparison, narrowed: filters.Narrowed) -> Comparison:
    """Return what the options let through of a comparison, and of the scopes that it is blind to."""
    from driftkeeper.workflow.ask import fits

    def passes(change: Change) -> bool:
        return fits(narrowed.filter, change) and (
            narrowed.passes is None or narrowed.passes(change)
        )

    def seen(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
        return tuple(filter(narrowed.matters, scopes))

    return replace(
        found,
        net=tuple(filter(passes, found.net)),
        transient=tuple(filter(passes, found.transient)),
        not_comparable=seen(found.not_comparable),
        stale_before=seen(found.stale_before),
        stale=seen(found.stale),
        unseen_before=tuple(d for d in found.unseen_before if narrowed.matters(d.scope)),
        unseen=tuple(d for d in found.unseen if narrowed.matters(d.scope)),
    )


@dataclass(frozen=True)
class _Why:
    """Why scopes were not seen, at the earlier moment and at the later one."""

    before: Mapping[Scope, str]
    after: Mapping[Scope, str]


def _comparison_json(found: Comparison, *, gross: bool) -> dict[str, Any]:
    net = [{**change_json(change), "transient": False} for change in found.net]
    gone = [{**change_json(change), "transient": True} for change in found.transient]
    return {
        "from": {"snapshot": found.before.number, "taken_at": found.before.taken_at},
        "until": {"snapshot": found.after.number, "taken_at": found.after.taken_at},
        "gross": gross,
        "changes": [*net, *gone] if gross else net,
        "not_comparable": [scope_json(scope) for scope in found.not_comparable],
        "stale_from": [scope_json(scope) for scope in found.stale_before],
        "stale": [scope_json(scope) for scope in found.stale],
        "unseen_details_from": [detail_json(detail) for detail in found.unseen_before],
        "unseen_details": [detail_json(detail) for detail in found.unseen],
    }


def _print(session: Session, found: Comparison, why: _Why, *, gross: bool) -> None:
    out, before, after = session.out, found.before, found.after
    out.line(
        f"{counted(len(found.net), 'net change')} from #{before.number} ({when(before.taken_at)})"
        f" to #{after.number} ({when(after.taken_at)} UTC)"
    )
    if found.net:
        out.line(f"  {tally(counts_of(found.net), of_sight(found.net))}")
    unseen = len({*found.not_comparable, *found.stale_before, *found.stale})
    if unseen:
        text = f"  {counted(unseen, 'scope')} out of sight: see the end for what cannot be compared"
        out.line(out.style(text, "missed"))
    teller(session).resources(found.net, outside(before.taken_at, after.taken_at))
    if gross:
        _print_transient(session, found)
    elif found.transient:
        out.line(f"\n{len(found.transient)} more came and went in between: see --gross.")
    _print_scopes(
        session, found.not_comparable, why.before, "Not seen by then, so nothing can be compared"
    )
    _print_scopes(
        session, found.stale_before, why.before, "Out of sight at the start, so as last seen before"
    )
    _print_scopes(session, found.stale, why.after, "Out of sight at the end, so as last seen")
    print_details(out, found.unseen_before, "Details unseen at the start, so as last seen before:")
    print_details(out, found.unseen, "Details unseen at the end, so as last seen:")


def _print_transient(session: Session, found: Comparison) -> None:
    number = counted(len(found.transient), "change")
    session.out.line(f"\n{number} in between that the net difference does not show")
    if found.transient:
        session.out.line(f"  {tally(counts_of(found.transient), of_sight(found.transient))}")
    teller(session).resources(found.transient, dated)


def _print_scopes(
    session: Session, scopes: Sequence[Scope], causes: Mapping[Scope, str], heading: str
) -> None:
    """Print how many scopes could not be seen for which cause, and their names when they are few."""
    if not scopes:
        return
    by_cause: dict[str, list[Scope]] = {}
    for scope in scopes:
        by_cause.setdefault(causes.get(scope, str(Cause.NOT_RUN)), []).append(scope)
    counts = ", ".join(f"{cause} {len(found)}" for cause, found in sorted(by_cause.items()))
    out, shown = session.out, len(scopes) <= _FEW or session.verbose
    more = "" if shown else "; --verbose lists them"
    text = f"{heading}: {counted(len(scopes), 'scope')} ({counts}{more})"
    out.line()
    out.hanging("", out.style(text, "missed"), 0, "missed")
    for cause, found in sorted(by_cause.items()) if shown else ():
        for scope in found:
            out.line(clean(f"  {cause}: {scope}"))
