"""`driftkeeper catalog`: what is known, straight from the declarations."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from driftkeeper.cli.catalog_controls import controls, criteria
from driftkeeper.cli.catalog_kinds import kinds
from driftkeeper.cli.policy_formats import PolicyFormat, written
from driftkeeper.cli.session import Session
from driftkeeper.domain.errors import UsageError

_ROLE = "driftkeeper"

app = typer.Typer(
    help="Show what driftkeeper knows to read and to name.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(controls)
app.command()(criteria)


@app.command()
def evidence(context: typer.Context) -> None:
    """List the evidence types: what is read.

    With --json also the actions each needs, and how its resources are told apart.
    """
    from driftkeeper.collect.catalog import evidence_types
    from driftkeeper.collect.permissions import actions

    rows = [
        {
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
        for spec in evidence_types().values()
    ]
    _print(context, "evidence", rows, ("name", "item", "reach", "title"))


@app.command()
def facts(context: typer.Context) -> None:
    """List the facts: what is concluded from evidence.

    Each with what it is about, and all that is read for it.
    """
    from driftkeeper.derive.catalog import facts as known

    rows = [
        {
            "name": fact.name,
            "title": fact.title,
            "of": [*fact.of],
            "reads": [*fact.reads],
            "across": [*fact.across],
            "says": fact.says,
            "version": fact.version,
        }
        for fact in known().values()
    ]
    _print(context, "facts", rows, ("name", "of", "title", "reads"))


app.command()(kinds)


@app.command(name="iam-policy")
def iam_policy(
    context: typer.Context,
    format: Annotated[
        PolicyFormat,
        typer.Option(metavar="FORMAT", help="json, cloudformation or terraform."),
    ] = PolicyFormat.JSON,
    organization: Annotated[
        bool,
        typer.Option("--organization", help="Also list an organisation and enter its accounts."),
    ] = False,
    role: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="With --organization: the role to assume, else as configured."
        ),
    ] = None,
) -> None:
    """Print the IAM policy that the collector needs.

    It allows exactly the actions that the evidence types declare; all of them only read. As
    CloudFormation or Terraform it comes with the role to assume. With --organization it is the policy
    of what finds the accounts and assumes that role in each.
    """
    from driftkeeper.collect.permissions import collector_policy, organization_policy
    from driftkeeper.workflow.config_accounts import ROLE_NAME

    session: Session = context.obj
    if role and not organization:
        raise UsageError(
            "--role goes with --organization: it is the role to assume in each account"
        )
    if organization:
        configured = session.config.organization
        if role and not re.fullmatch(ROLE_NAME, role):
            raise UsageError(
                f"{role!r} is no name of a role; write it without its ARN,"
                " like driftkeeper or audit/driftkeeper"
            )
        name = role or (configured.role if configured else _ROLE)
        document = organization_policy(name)
    else:
        document = collector_policy()
    if not session.json:
        session.out.line(written(document, format))
    elif format is PolicyFormat.JSON:
        session.out.document("catalog-iam-policy", document)
    else:
        content = {"format": str(format), "text": written(document, format)}
        session.out.document("catalog-iam-policy", content)


def _print(
    context: typer.Context, name: str, rows: list[dict[str, Any]], columns: tuple[str, ...]
) -> None:
    session: Session = context.obj
    if session.json:
        session.out.document(f"catalog-{name}", {name: rows})
        return
    session.out.table(
        [column.upper() for column in columns],
        [[_cell(row[column]) for column in columns] for row in rows],
    )


def _cell(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
