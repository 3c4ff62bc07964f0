"""`driftkeeper catalog controls` and `criteria`: what is asked of the evidence, and what for."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.catalog_names import fitting
from driftkeeper.cli.output import Output, counted
from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from driftkeeper.assess.criteria import Criterion
    from driftkeeper.assess.spec import Control

_ITSELF = "The evidence process itself"
_NOT_JUDGED = "Controls are declared and not judged yet: nothing here says whether one passes."
_LABEL = 14
_CRITERION = 7

_TITLE = 36
"""With less room beside its head, a title goes below."""


def completed(incomplete: str) -> list[str]:
    """Return the controls that begin so."""
    from driftkeeper.assess.catalog import controls as known

    return [name for name in known() if name.startswith(incomplete)]


def controls(
    context: typer.Context,
    name: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CONTROL",
            help="Only these, with all that is known of each.",
            autocompletion=completed,
            show_default=False,
        ),
    ] = None,
    criterion: Annotated[
        str | None,
        typer.Option(metavar="CRITERION", help="Only those that bear on this one, such as CC6.6."),
    ] = None,
) -> None:
    """List the controls: what is asked of the evidence, by item of the request list.

    Extended controls are asked on demand only. With names, or with --json, also when each fails, what to
    do then, what it does not evidence, its parameters, and the kinds of change that bear on it.
    """
    from driftkeeper.assess.catalog import control, controls as known, controls_of

    session: Session = context.obj
    found = [control(each) for each in dict.fromkeys(name)] if name else list(known().values())
    if criterion is not None:
        bearing = controls_of(_criterion(criterion).name)
        found = [each for each in found if each in bearing]
    if session.json:
        session.out.document("catalog-controls", {"controls": [_json(each) for each in found]})
        return
    extended = sum(each.extended for each in found)
    core = len(found) - extended
    session.out.line(f"{counted(len(found), 'control')}: {core} core, {extended} extended.")
    session.out.line(_NOT_JUDGED)
    if name:
        for each in found:
            _print_control(session.out, each)
    else:
        _print_by_item(session.out, found)


def criteria(
    context: typer.Context,
    name: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CRITERION",
            help="Only these: names such as CC6.6, or globs such as 'CC6.*'.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List the common criteria of SOC 2, with the controls that bear on each.

    Those on which none bears are listed too, with what shows them instead.
    """
    from driftkeeper.assess.catalog import controls_of
    from driftkeeper.assess.criteria import CRITERIA

    session: Session = context.obj
    wanted = [each.upper() for each in name or []]
    names = fitting(wanted, [*CRITERIA], "criterion", "catalog criteria")
    rows = [(CRITERIA[each], [one.name for one in controls_of(each)]) for each in names]
    if session.json:
        content = [
            {
                "name": each.name,
                "title": each.title,
                "controls": names,
                "evidenced": bool(names),
                "elsewhere": each.elsewhere or None,
            }
            for each, names in rows
        ]
        session.out.document("catalog-criteria", {"criteria": content})
        return
    _print_criteria(session.out, rows)


def _print_criteria(out: Output, rows: Sequence[tuple[Criterion, list[str]]]) -> None:
    shown = [(each, names) for each, names in rows if names]
    out.line(
        f"{len(shown)} of {len(rows)} criteria have a control that bears on them,"
        " never on all they ask."
    )
    out.line(_NOT_JUDGED)
    others = [(each, [each.elsewhere]) for each, names in rows if not names]
    for heading, group in (
        ("Evidenced in part, by these controls", shown),
        ("Not evidenced here; what shows it instead", others),
    ):
        if group:
            out.line(out.style(f"\n{heading}", "bold"))
        for each, below in group:
            _print_criterion(out, each, below)


def _criterion(name: str) -> Criterion:
    from driftkeeper.assess.criteria import CRITERIA

    found = CRITERIA.get(name.upper())
    if found is None:
        raise UsageError(
            f"there is no criterion {name!r}; `driftkeeper catalog criteria` lists all of them"
        )
    return found


def _json(control: Control) -> dict[str, Any]:
    return {
        "name": control.name,
        "title": control.title,
        "criteria": list(control.criteria),
        "severity": str(control.severity),
        "severity_note": control.severity_note or None,
        "extended": control.extended,
        "item": control.item,
        "fails_when": control.fails_when,
        "remediate": control.remediate,
        "limits": control.limits,
        "sla_days": control.sla_days,
        "parameters": dict(control.parameters),
        "refs": list(control.refs),
        "changes": list(control.changes),
    }


def _item(number: int) -> str:
    from driftkeeper.collect.catalog import ITEMS

    return f"{number} {ITEMS[number]}" if number else _ITSELF


def _print_by_item(out: Output, found: Iterable[Control]) -> None:
    """Print one line for each control, in columns that are the same for all items."""
    rows = sorted(found, key=lambda control: (control.item == 0, control.item, control.extended))
    widest = max((len(control.name) for control in rows), default=0)
    for item, group in groupby(rows, key=lambda control: control.item):
        out.line(f"\n{out.style(_item(item), 'bold')}")
        for control in group:
            extended = "extended" if control.extended else ""
            _print_beside(
                out,
                f"  {control.name:<{widest}}  {control.severity:<8}  {extended:<8}"
                f"  {' '.join(control.criteria):<11}",
                control.title,
            )


def _print_beside(out: Output, head: str, title: str) -> None:
    """Print a title beside its head; on a narrow terminal folded there, or on a very narrow one below."""
    room = out.room(len(head) + 2)
    if room is not None and room < _TITLE:
        out.line(head.rstrip())
        out.line(f"    {title}")
        return
    first, *others = [title] if room is None else textwrap.wrap(title, room)
    out.line(f"{head}  {first}")
    for line in others:
        out.line(" " * (len(head) + 2) + line)


def _print_control(out: Output, control: Control) -> None:
    """Print all that is known of a control."""
    note = f", {control.severity_note}" if control.severity_note else ""
    parameters = " · ".join(f"{name} {_value(value)}" for name, value in control.parameters.items())
    out.line(f"\n{out.style(control.name, 'bold')}{' (extended)' if control.extended else ''}")
    for label, text in (
        ("passes", f"{control.title}."),
        ("fails when", control.fails_when),
        ("remediate", control.remediate),
        ("limits", control.limits),
        (
            "severity",
            f"{control.severity}{note}; to be gone within {counted(control.sla_days, 'day')}",
        ),
        ("criteria", " ".join(control.criteria)),
        ("item", _item(control.item)),
        ("parameters", parameters),
        ("refs", " · ".join(control.refs)),
        ("changes", " ".join(control.changes) or "none: only time or a person moves it"),
    ):
        if text:
            out.hanging(f"  {label:<{_LABEL - 2}}", text, _LABEL, "dim")


def _print_criterion(out: Output, criterion: Criterion, below: Sequence[str]) -> None:
    out.hanging(f"{criterion.name:<{_CRITERION}}", criterion.title, _CRITERION, "bold")
    out.pieces(below, _CRITERION, "dim")


def _value(value: Any) -> str:
    match value:
        case None | []:
            return "none"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{name} {each}" for name, each in value.items())
        case _:
            return str(value)
