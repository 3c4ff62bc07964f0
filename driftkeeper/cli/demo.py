"""`driftkeeper demo`: a quarter of two accounts, from recorded answers, without an AWS account."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from driftkeeper.cli.demo_text import Teller, commands, directions, next_questions
from driftkeeper.cli.output import Output, counted
from driftkeeper.cli.session import Session
from driftkeeper.cli.shapes import change_json, scope_json
from driftkeeper.domain.errors import UsageError

if TYPE_CHECKING:
    from driftkeeper.workflow.demo import Darkness, Demo, Story


def run(
    context: typer.Context,
    dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to keep the demo's database, key and configuration.",
            show_default="./driftkeeper-demo",
        ),
    ] = None,
) -> None:
    """Collect a recorded quarter day by day, and show what driftkeeper makes of it.

    No AWS account is asked. Run again, it has nothing left to collect and says the same.
    """
    from driftkeeper.store.database import reading
    from driftkeeper.workflow.demo import FOLDER, collect, prepare, tell

    session: Session = context.obj
    _refuse_own_places(context)
    folder = dir or FOLDER
    demo = prepare(folder)
    with _Days(session.out) as days:
        collect(demo.engine, demo.config, demo.signer, days.step)
    with reading(demo.engine) as connection:
        story = tell(connection, demo.config)
    if session.json:
        session.out.document("demo", demo_json(demo, folder, story))
        return
    Teller(session.out, demo, story, folder).tell()
    if shutil.which("driftkeeper") is None and os.sep in sys.argv[0]:
        session.out.say(f"\n(driftkeeper is not on your PATH: write {sys.argv[0]} instead)")


def _refuse_own_places(context: typer.Context) -> None:
    """The demo must never end up among real evidence; a setting in the environment is ignored."""
    for name in ("db", "config"):
        source = context.find_root().get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise UsageError(f"the demo keeps to a folder of its own; give --dir, not --{name}")


class _Days:
    """Shows on stderr how far the collection is: a bar on a terminal, else a line for each month."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._bar: Any = None
        self._task: Any = None
        self._month: list[datetime] = []

    def __enter__(self) -> _Days:
        return self

    def step(self, moment: datetime, done: int, total: int) -> None:
        """Tell that the snapshot of a moment was taken."""
        if self._out.quiet:
            return
        if sys.stderr.isatty():
            self._draw(moment, done, total)
            return
        if self._month and self._month[-1].month != moment.month:
            self._say_month()
        self._month.append(moment)
        if done == total:
            self._say_month()

    def _say_month(self) -> None:
        number, month = len(self._month), self._month[-1]
        self._out.say(f"collecting {month:%B %Y}: {counted(number, 'snapshot')}")
        self._month.clear()

    def _draw(self, moment: datetime, done: int, total: int) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (BarColumn(32), MofNCompleteColumn(), TextColumn("{task.description}"))
            console = Console(stderr=True, no_color=self._out.no_color or None)
            self._bar = Progress(*columns, console=console, transient=True)
            self._task = self._bar.add_task("", total=total)
            self._bar.start()
        self._bar.update(self._task, completed=done, description=f"{moment:%d %B %Y}")

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def demo_json(demo: Demo, folder: Path, story: Story) -> dict[str, Any]:
    """Return what `demo --json` says; the same however often it is run."""
    found = story.difference
    return {
        "db": demo.url,
        "folder": str(folder),
        "accounts": [{"id": entry.id, "name": entry.name} for entry in demo.config.accounts],
        "snapshots": len(story.snapshots),
        "interval": {"from": story.snapshots[0].taken_at, "until": story.snapshots[-1].taken_at},
        "changes": {
            "total": len(story.changes),
            **directions(story.changes),
            "by_kind": dict(sorted(Counter(change.kind for change in story.changes).items())),
        },
        "episodes": [
            {
                "opened": change_json(episode.opened),
                "closed": None if episode.closed is None else change_json(episode.closed),
            }
            for episode in story.episodes
        ],
        "gaps": [_dark_json(dark) for dark in story.dark],
        "partial": [
            {
                **scope_json(blur.scope),
                "at": list(blur.times),
                "causes": list(blur.causes),
                "details": list(blur.details),
            }
            for blur in story.blurred
        ],
        "net": {"total": len(found.net), **directions(found.net)},
        "transient": {"total": len(found.transient), **directions(found.transient)},
        "coverage_percent": story.coverage.percent,
        "check": {
            "ok": all(step.ok for step in story.checks),
            "checks": [
                {"name": step.name, "ok": step.ok, "detail": step.detail} for step in story.checks
            ],
        },
        "next": [*map(commands(demo, folder), next_questions(story))],
    }


def _dark_json(dark: Darkness) -> dict[str, Any]:
    return {
        "from": dark.gap.start,
        "until": dark.gap.end,
        "causes": list(dark.gap.causes),
        "scopes": [scope_json(scope) for scope in dark.scopes],
        "resources_known": dark.known,
        "told_as_deleted": dark.lost,
    }
