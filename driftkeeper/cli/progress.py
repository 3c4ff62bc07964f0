"""The progress bar of a collection: on a terminal only, on stderr."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from driftkeeper.cli.output import Output
from driftkeeper.domain.types import Scope


class Progress:
    """Shows how many scopes are done, and which was the last."""

    def __init__(self, out: Output, total: int) -> None:
        self._shown = sys.stderr.isatty() and not out.quiet
        self._total = total
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn

            columns = (BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}"))
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("looking", total=self._total)
            self._bar.start()
        return self

    def step(self, scope: Scope, done: int, _total: int) -> None:
        """Tell that one more scope was looked at."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done, description=str(scope))

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
