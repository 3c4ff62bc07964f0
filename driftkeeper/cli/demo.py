"""`driftkeeper demo`: a quarter of two accounts, from recorded answers, without an AWS account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(
    context: typer.Context,
    dir: Annotated[Path | None, typer.Option(help="Where to keep the demo's database.")] = None,
) -> None:
    """Collect a recorded quarter day by day, and show what driftkeeper makes of it."""
    raise NotImplementedError
