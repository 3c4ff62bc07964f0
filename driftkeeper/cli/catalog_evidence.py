"""`driftkeeper catalog evidence` and `facts`: what is read, and what is concluded from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli import complete
from driftkeeper.cli.catalog_names import fitting, one_by_one, print_labelled
from driftkeeper.cli.session import Session
from driftkeeper.cli.tables import fitted

if TYPE_CHECKING:
    from driftkeeper.collect.spec import EvidenceType
    from driftkeeper.derive.spec import Fact


def facts_completed(incomplete: str) -> list[str]:
    """Return the facts that begin so."""
    from driftkeeper.derive.catalog import facts as known

    return [name for name in known() if name.startswith(incomplete)]


def evidence(
    context: typer.Context,
    name: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TYPE",
            help="Only these: names, with all that is known of each, or globs such as 'iam.*'.",
            autocompletion=complete.evidence,
            show_default=False,
        ),
    ] = None,
) -> None:
    """List the evidence types: what is read.

    With a name, or with --json, also the actions each needs, and how its resources are told apart.
    """
    from driftkeeper.collect.catalog import evidence_types

    session: Session = context.obj
    known, wanted = evidence_types(), name or []
    names = fitting(wanted, [*known], "evidence type", "catalog evidence")
    found = [known[each] for each in names]
    if session.json:
        session.out.document("catalog-evidence", {"evidence": [_evidence_json(e) for e in found]})
    elif one_by_one(wanted):
        for each in found:
            print_labelled(session.out, each.name, _about_evidence(each))
    else:
        rows = [(each.name, str(each.item), str(each.reach), each.title) for each in found]
        fitted(session.out, ("NAME", "ITEM", "REACH", "TITLE"), rows, fold=("TITLE",))


def _evidence_json(spec: EvidenceType) -> dict[str, Any]:
    from driftkeeper.collect.permissions import actions

    return {
        "name": spec.name,
        "item": spec.item,
        "title": spec.title,
        "reach": str(spec.reach),
        "says": spec.says,
        "key": spec.key,
        "uid": spec.uid,
        "actions": actions(spec.calls()),
        "observed": list(spec.observed),
        "acts": list(spec.acts),
    }


def _about_evidence(spec: EvidenceType) -> Sequence[tuple[str, str]]:
    from driftkeeper.collect.catalog import ITEMS
    from driftkeeper.collect.permissions import actions

    return (
        ("title", spec.title),
        ("says", spec.says),
        ("limits", spec.limits),
        ("item", f"{spec.item} {ITEMS[spec.item]}" if spec.item else ITEMS[0]),
        ("reach", f"once in each {spec.reach}"),
        ("criteria", " ".join(spec.criteria)),
        ("key", spec.key),
        ("id", spec.uid or ""),
        ("called", " ".join(spec.called)),
        ("observed", " ".join(spec.observed)),
        ("acts", " ".join(spec.acts)),
        ("actions", " ".join(actions(spec.calls()))),
    )


def facts(
    context: typer.Context,
    name: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FACT",
            help="Only these: names, with all that is known of each, or globs such as 'iam.*'.",
            autocompletion=facts_completed,
            show_default=False,
        ),
    ] = None,
) -> None:
    """List the facts: what is concluded from evidence.

    Each with what it is about. With a name, or with --json, also what it says, and all that is read for it;
    in a pipe the latter always.
    """
    from driftkeeper.derive.catalog import facts as known

    session: Session = context.obj
    names = fitting(name or [], [*known()], "fact", "catalog facts")
    found = [known()[each] for each in names]
    if session.json:
        session.out.document("catalog-facts", {"facts": [_fact_json(each) for each in found]})
    elif one_by_one(name or []):
        for each in found:
            print_labelled(session.out, each.name, _about_fact(each))
    else:
        shown = 3 if session.out.is_terminal else 4
        columns = ["NAME", "OF", "TITLE", "READS"][:shown]
        rows = [[e.name, " ".join(e.of), e.title, " ".join(e.reads)][:shown] for e in found]
        fitted(session.out, columns, rows, fold=("OF", "TITLE"))


def _fact_json(fact: Fact) -> dict[str, Any]:
    return {
        "name": fact.name,
        "title": fact.title,
        "of": [*fact.of],
        "reads": [*fact.reads],
        "across": [*fact.across],
        "says": fact.says,
        "version": fact.version,
    }


def _about_fact(fact: Fact) -> Sequence[tuple[str, str]]:
    return (
        ("title", fact.title),
        ("says", fact.says),
        ("of", " ".join(fact.of)),
        ("reads", " ".join(fact.reads)),
        ("across", " ".join(fact.across)),
        ("version", str(fact.version)),
    )
