"""`driftkeeper catalog`: what is known, straight from the declarations."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from driftkeeper.cli.catalog_controls import controls, criteria
from driftkeeper.cli.catalog_evidence import evidence, facts
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


app.command()(evidence)
app.command()(facts)
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
