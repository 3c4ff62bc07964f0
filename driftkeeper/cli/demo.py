"""`driftkeeper demo`: a quarter of two accounts, from recorded answers, without an AWS account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from driftkeeper.cli.session import Session


def run(
    context: typer.Context,
    dir: Annotated[  # noqa: A002 -- the option's name is part of the contract
        Path | None, typer.Option(help="Where to keep the demo's database.")
    ] = None,
) -> None:
    """Collect a recorded quarter day by day, and show what driftkeeper makes of it."""
    raise NotImplementedError
