"""`driftkeeper check`: judges the store."""

from __future__ import annotations

import typer

from driftkeeper.cli.output import clean
from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import Exit


def run(context: typer.Context) -> None:
    """Check that no stored evidence was lost or altered.

    Recomputes every digest, link and signature, and says the first thing wrong in each. The exit code
    is 5 when something is wrong.
    """
    from driftkeeper.store.check import check

    session: Session = context.obj
    with session.reading() as connection:
        steps, hints = check(connection)
    damage = [line for step in steps for line in step.damage]
    if session.json:
        session.out.document(
            "check",
            {
                "ok": not damage,
                "checks": [
                    {"name": step.name, "ok": step.ok, "detail": step.detail} for step in steps
                ],
                "damage": damage,
                "hints": hints,
            },
        )
    else:
        for number, step in enumerate(steps, start=1):
            verdict = "ok      " if step.ok else session.out.style("DAMAGED ", "weakened")
            session.out.line(f"{number}. {step.name:<14} {verdict} {clean(step.detail)}")
        for line in damage:
            session.out.line(session.out.style(f"   damage: {clean(line)}", "weakened"))
        for line in hints:
            session.out.line(f"   hint: {clean(line)}")
    if damage:
        raise typer.Exit(Exit.INTEGRITY)
