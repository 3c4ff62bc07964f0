"""`driftkeeper doctor`: is everything in place to collect, and what has to be fixed?"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from driftkeeper.cli.output import clean, counted
from driftkeeper.cli.session import Session
from driftkeeper.domain.clock import SystemClock
from driftkeeper.domain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from driftkeeper.cli.output import Output
    from driftkeeper.collect.probe import Tried
    from driftkeeper.workflow.doctor import Diagnosis
    from driftkeeper.workflow.doctor_checks import Check

_MARKS = {"ok": "ok", "failed": "FIX", "skipped": "-"}
_STYLES = {"ok": "strengthened", "failed": "weakened", "skipped": "dim"}
_NOT_OK = {
    "denied": "denied",
    "scp_denied": "denied by SCP",
    "unreachable": "no verdict",
    "not_tried": "not tried",
}
"""What became of an action that is not known to be allowed, the worst first."""
_TOLD = 160
"""So many characters of AWS's own words are printed; --json has all of them."""


def run(
    context: typer.Context,
    account: Annotated[
        list[str] | None,
        typer.Option(metavar="ACCOUNT", help="Only this account, by id or name; repeatable."),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(metavar="REGION", help="Try actions in this region only; repeatable."),
    ] = None,
) -> None:
    """Check that collecting can work, and say what to fix.

    Looks at configuration, database, journal, signing key and counts, enters every account, and tries
    each IAM action that collecting needs. Changes nothing. The exit code is 1 when something must be
    fixed, 2 when the configuration is wrong.
    """
    session: Session = context.obj
    found = _examined(session, account or [], region or [])
    if session.json:
        session.out.document(
            "doctor",
            {
                "ok": not found.failed,
                "checks": [
                    {
                        "name": check.name,
                        "account": check.account or None,
                        "state": str(check.state),
                        "detail": check.detail,
                        "fix": check.fix or None,
                    }
                    for check in found.checks
                ],
                "actions": [
                    {**asdict(tried), "state": str(tried.state)} for tried in found.actions
                ],
            },
        )
    else:
        _print(session.out, found)
    if found.exit:
        raise typer.Exit(found.exit)


def _examined(session: Session, accounts: list[str], regions: list[str]) -> Diagnosis:
    from driftkeeper.workflow.doctor import Diagnosis, examine
    from driftkeeper.workflow.doctor_checks import Patient, failure
    from driftkeeper.workflow.places import Wanted

    try:
        config = session.config
    except ConfigError as error:
        return Diagnosis((failure("configuration", error, misused=True),))
    wanted = Wanted(config.account_ids(accounts), tuple(regions))
    patient = Patient(config, session.config_path, session.db, SystemClock(), wanted)
    return examine(patient, lambda name: session.out.say(f"trying the actions in {name} …"))


def _print(out: Output, found: Diagnosis) -> None:
    """Print what is so of the installation, then of each account, and what must be fixed."""
    width = max(len(check.name) for check in found.checks)
    _print_checks(out, [check for check in found.checks if not check.account], width)
    for account in dict.fromkeys(check.account for check in found.checks if check.account):
        out.line(f"\n{out.style(f'account {account}', 'bold')}")
        _print_checks(out, [check for check in found.checks if check.account == account], width)
        _print_actions(out, [tried for tried in found.actions if tried.account == account])
    number = len(found.failed)
    out.line(f"\n{counted(number, 'thing')} to fix" if number else "\nNothing to fix.")


def _print_checks(out: Output, checks: Iterable[Check], width: int) -> None:
    for check in checks:
        head = f"{check.name:<{width}}  {_MARKS[check.state]:<3}  "
        out.hanging(head, clean(check.detail), len(head), _STYLES[check.state])
        if check.fix:
            out.hanging(f"{'':<{width}}  →    ", clean(check.fix), len(head), "bold")


def _print_actions(out: Output, actions: Iterable[Tried]) -> None:
    """Print what is not known to be allowed and why; actions with the same reason share a line."""
    reasons: dict[tuple[int, str], list[str]] = {}
    for tried in actions:
        if tried.state in _NOT_OK:
            rank = list(_NOT_OK).index(tried.state)
            why = " ".join(": ".join(filter(None, (tried.code, tried.message))).split())[:_TOLD]
            spare = "" if tried.needed else " (nothing configured needs it)"
            reasons.setdefault((rank, why), []).append(f"{tried.action}{spare}")
    for (rank, why), names in sorted(reasons.items()):
        words = [*_NOT_OK.values()][rank]
        if len(names) == 1:
            text = f"{words}: {names[0]}: {why}"
        else:
            text = f"{words} ({len(names)}), {why}: {', '.join(names)}"
        out.hanging("    ", clean(text), 6, "missed")
