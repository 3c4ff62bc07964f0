"""How the demo tells its story to people: sections, each with the command that tells more."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from driftkeeper.cli.output import MARKS, Output, clean, counted
from driftkeeper.domain.types import GLOBAL_REGION, Change, Direction, Scope, Severity

if TYPE_CHECKING:
    from driftkeeper.workflow.demo import Demo, Story
    from driftkeeper.workflow.demo_episodes import Episode

_WIDEST = 100
_NAMED = re.compile(r"(?:sg-[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]+){4}) \(([^ )]+)\)")
_HASHED = re.compile(r" \([0-9a-f-]{32,36}\)|(?<=finding) [0-9a-f-]{32,36}")
_ARN = re.compile(r"\barn:[^ /]+(?:/|:::)|\barn:[^ :]+:iam::(?=\d)")
_HEADLINES = ("sg.public_ingress_added", "iam.user.mfa_removed", "kms.rotation_disabled")
_MOST = 14
"""So many lines of what weakened are enough."""

_ALL = 3
"""From so many evidence types on, a region is said to be out of sight as a whole."""


class Teller:
    """Tells the story in sections, each with the command that tells more."""

    def __init__(self, out: Output, demo: Demo, story: Story, folder: Path) -> None:
        self._out, self._story, self._typed = out, story, commands(demo, folder)
        self._names = {entry.id: entry.name for entry in demo.config.accounts}
        self._width = _WIDEST
        if out.is_terminal:
            self._width = min(_WIDEST, shutil.get_terminal_size().columns)

    def tell(self) -> None:
        """Print all sections."""
        self._opening()
        self._headlines()
        self._weakenings()
        self._deeds()
        self._darkness()
        self._net()
        self._coverage()
        self._checks()
        self._next()

    def _opening(self) -> None:
        story, out = self._story, self._out
        first, last = story.snapshots[0].taken_at, story.snapshots[-1].taken_at
        scopes = [item.scope for item in story.coverage.scopes]
        regions = sorted({scope.region for scope in scopes} - {GLOBAL_REGION})
        named = ", ".join(f"{account} ({name})" for account, name in self._names.items())
        out.line(out.style("A quarter of two AWS accounts, from recorded answers", "bold"))
        self._line(f"  accounts   {named}")
        self._line(f"  regions    {', '.join(regions)}")
        taken = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}, {counted(len(scopes), 'scope')} each"
        self._line(f"  snapshots  {len(story.snapshots)} from {taken}")
        counts = directions(story.changes)
        told = ", ".join(f"{MARKS[Direction(name)]} {n} {name}" for name, n in counts.items())
        self._line(f"  changes    {len(story.changes)}: {told}")

    def _headlines(self) -> None:
        """Print three weakenings and their reversals by the names that the change log gives them."""
        told = [
            next(e for e in self._story.episodes if e.opened.kind == name and e.closed is not None)
            for name in _HEADLINES
        ]
        words = " ".join(f"--kind '{name.rsplit('_', 1)[0]}*'" for name in _HEADLINES)
        self._heading("Three headlines, as the change log names them", f"changes {words}")
        for change in (c for e in told for c in (e.opened, e.closed) if c is not None):
            head = self._mark(change.direction, f"{change.not_after:%m-%d}")
            self._beside(
                f"  {head}  {change.severity:<4}  {change.kind:<25}", 42, f"  {_brief(change.says)}"
            )

    def _weakenings(self) -> None:
        """Print the grave weakenings; what several regions show in the same words is told once."""
        self._heading(
            "What weakened most, and when it was put right",
            "changes --direction weakened --severity high",
        )
        grave = [e for e in self._story.episodes if e.opened.severity >= Severity.HIGH]
        alike: dict[tuple[str, str], list[Episode]] = {}
        for episode in grave:
            said = (self._days(episode), self._said(episode.opened))
            alike.setdefault(said, []).append(episode)
        most = sorted(alike.values(), key=_standing)[:_MOST]
        for (days, _), found in alike.items():
            if found in most:
                self._beside(days, 18, self._said(found[0].opened, len(found)))
        more = len(grave) - sum(map(len, most))
        less = len(self._story.episodes) - len(grave)
        rest = [f"{more} more as grave"] if more else []
        rest += [f"{less} of medium severity (--severity medium)"] if less else []
        if rest:
            self._line(f"  and {', and '.join(rest)}")

    def _days(self, episode: Episode) -> str:
        opened, closed = episode.opened, episode.closed
        start = self._mark(opened.direction, f"{opened.not_after:%m-%d}")
        if closed is None:
            end = self._out.style("  not yet", str(Direction.WEAKENED))
        else:
            end = "  " + self._mark(closed.direction, f"{closed.not_after:%m-%d}")
        return f"  {start}{end}"

    def _deeds(self) -> None:
        self._heading("What left only a time behind", "changes --direction activity")
        for deed in self._story.deeds:
            self._beside(
                f"  {self._mark(deed.direction, f'{deed.not_after:%m-%d}')}", 9, self._said(deed)
            )

    def _said(self, change: Change, times: int = 1) -> str:
        often = f"{times} × " if times > 1 else ""
        return f"  {self._names[change.scope.account]:<10}  {often}{_brief(change.says)}"

    def _darkness(self) -> None:
        story = self._story
        self._heading("What could not be seen", "changes --kind 'collection.scope_*'")
        for dark in story.dark:
            fate = f"{dark.known} kept, {dark.lost} deleted"
            times = (dark.gap.start, dark.gap.end)
            self._unseen(times, dark.gap.causes, self._where(dark.scopes), fate)
        for blur in sorted(story.blurred, key=lambda blur: blur.times):
            fate = f"{', '.join(blur.details)} of {blur.resources} unseen"
            times = (blur.times[0], blur.times[-1])
            self._unseen(times, blur.causes, self._where([blur.scope]), fate)
        self._prose(
            "An error is not an empty list: what is out of sight is kept, and not told as deleted."
            " What changed meanwhile is told when it is seen again, as done between the two sights."
        )

    def _unseen(
        self, times: tuple[datetime, datetime], causes: Iterable[str], where: str, fate: str
    ) -> None:
        span = f"{times[0]:%m-%d}..{times[1]:%m-%d}"
        self._line(f"  {span}  {', '.join(causes):<10}  {where:<31}  {fate}", "missed")

    def _where(self, scopes: Iterable[Scope]) -> str:
        found = list(scopes)
        if len(found) == len(self._story.coverage.scopes):
            return f"all {len(found)} scopes"
        places = sorted({(scope.account, scope.region) for scope in found})
        what = ", ".join(scope.evidence for scope in found)
        where = ", ".join(f"{self._names[account]} {region}" for account, region in places)
        return where if len(found) >= _ALL else f"{where} {what}"

    def _net(self) -> None:
        found = self._story.difference
        self._heading("The first day against the last", "diff first latest --gross")
        weakened = [change for change in found.net if change.direction is Direction.WEAKENED]
        self._line(
            f"  They differ in {counted(len(found.net), 'change')}, of which {len(weakened)} weakened;"
            " the gravest of these:"
        )
        for change in (c for c in weakened if c.severity >= Severity.MEDIUM):
            self._beside(f"  {self._mark(change.direction, '')}", 3, self._said(change))
        gone = directions(found.transient)[Direction.WEAKENED]
        self._prose(
            f"{gone} more had weakened and were put right in between: these two days do not show them."
        )

    def _coverage(self) -> None:
        report = self._story.coverage
        self._heading("How much was seen", "coverage")
        for account, name in self._names.items():
            scopes = [item for item in report.scopes if item.scope.account == account]
            complete = sum(item.complete for item in scopes)
            expected = sum(item.expected for item in scopes)
            partial = sum(item.partial for item in scopes)
            missed = sum(item.missed for item in scopes)
            self._line(
                f"  {name:<10}  {complete} of {expected} expected sights are complete,"
                f" {partial} partial, {missed} missed"
            )
        self._line(
            f"  together    {report.percent}%; the rest is on paper as gaps, never as quiet days"
        )
        items = len({item for item in self._story.items.values() if item})
        types = counted(len(self._story.items), "type")
        self._line(f"  evidence    {types}, for {items} of the 10 items on an auditor's list")
        ties = [tie for item in report.scopes for tie in item.ties]
        agreed = sum(tie.agreed for tie in ties)
        total = agreed + sum(tie.disagreed for tie in ties)
        self._line(f"  counts      {agreed} of {total} agree with what another answer says")

    def _checks(self) -> None:
        self._heading("Whether the store is what was sealed", "check")
        good = [step for step in self._story.checks if step.ok]
        if good:
            self._prose(f"ok: {'; '.join(f'{step.name} ({step.detail})' for step in good)}")
        for step in self._story.checks:
            if not step.ok:
                self._line(f"  DAMAGED: {step.name}, {step.detail}", "weakened")

    def _next(self) -> None:
        self._out.line(f"\n{self._out.style('Next', 'bold')}")
        for words in next_questions(self._story):
            self._out.line(f"  {self._typed(words)}")

    def _heading(self, text: str, words: str) -> None:
        out = self._out
        out.line(f"\n{out.style(text, 'bold')}")
        out.line(out.style(f"  $ {self._typed(words)}", "dim"))

    def _mark(self, direction: Direction, text: str) -> str:
        return self._out.style(f"{MARKS[direction]} {text}".rstrip(), str(direction))

    def _beside(self, head: str, taken: int, text: str) -> None:
        self._out.line(head + _cut(text, self._width - taken))

    def _prose(self, text: str) -> None:
        for line in textwrap.wrap(text, self._width - 4):
            self._out.line(f"  {line}")

    def _line(self, text: str, style: str | None = None) -> None:
        fitting = _cut(text, self._width)
        self._out.line(self._out.style(fitting, style) if style else fitting)


def _standing(alike: Sequence[Episode]) -> tuple[bool, int]:
    """Return what to tell first by: what nobody has put right, then what is gravest."""
    return alike[0].closed is not None, -alike[0].opened.severity.rank


def _brief(says: str) -> str:
    """Return a sentence without ids of things that have a name or an owner, and heads of ARNs."""
    return _ARN.sub("", _HASHED.sub("", _NAMED.sub(r"\1", says)))


def _cut(text: str, room: int) -> str:
    text = clean(text)
    return text if len(text) <= room else f"{text[: room - 1]}…"


def commands(demo: Demo, folder: Path) -> Callable[[str], str]:
    """Return what writes a command as it is typed: with the demo's configuration, so with its names.

    A database that the environment names would come before that of the configuration.
    """
    from driftkeeper.workflow.config import NAME

    options = f"--config {shlex.quote(str(folder / NAME))}"
    if os.environ.get("DRIFTKEEPER_DB"):
        options += f" --db {shlex.quote(demo.url)}"
    return lambda words: f"driftkeeper {words} {options}"


def next_questions(story: Story) -> list[str]:
    """Return commands that ask further, with names and numbers from this story."""
    lasting = [episode.opened for episode in story.episodes if episode.closed is None]
    opened = lasting or [episode.opened for episode in story.episodes]
    first = max(opened, key=lambda change: (change.severity.rank, change.snapshot))
    given = _NAMED.search(first.says)
    name = given[1] if given else first.resource.rsplit("/", 1)[-1]
    return [
        f"history {name}",
        f"show {name} --at {first.not_before:%Y-%m-%d}",
        "changes --period 2026-08 --severity high",
        "snapshots",
    ]


def directions(changes: Iterable[Change]) -> dict[str, int]:
    """Count the changes by what they do to security."""
    counts = Counter(change.direction for change in changes)
    return {str(direction): counts[direction] for direction in Direction}
