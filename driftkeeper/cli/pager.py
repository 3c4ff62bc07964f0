"""Long answers on a terminal go through the pager of the user, as git does it: `$PAGER`, else less.

An answer that fits the screen ends the pager by itself (`less -F`). In a pipe there is none.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from driftkeeper.cli.output import Output

_LESS = "FRX"
"""What less is told where the user tells it nothing: end when all fits, keep colours, keep the screen."""


class SeenEnoughError(Exception):
    """The reader left the pager before the end."""


class PagerPipe(io.TextIOWrapper):
    """What leads to a pager: a person still looks at its end."""

    def isatty(self) -> bool:
        """Say that this is a terminal, only further on."""
        return True


@contextmanager
def paged(out: Output, *, off: bool = False) -> Iterator[None]:
    """Send what is printed inside through the pager, if a person looks at it and wants one."""
    command = None if off or out.json or not out.is_terminal else _command()
    if command is None:
        yield
        return
    reader, writer = os.pipe()
    with os.fdopen(reader) as end:
        pager = _started(command, end)
    if pager is None:
        os.close(writer)
        yield
        return
    terminal = sys.stdout
    pipe = PagerPipe(os.fdopen(writer, "wb"), terminal.encoding, "backslashreplace")
    sys.stdout = pipe
    try:
        with contextlib.suppress(SeenEnoughError):
            yield
    finally:
        sys.stdout = terminal
        _ended(pager, pipe)


def _command() -> list[str] | None:
    if os.environ.get("TERM") == "dumb":
        return None
    try:
        words = shlex.split(os.environ.get("PAGER", "less"))
    except ValueError:
        return None
    if not words or words == ["cat"] or shutil.which(words[0]) is None:
        return None
    return words


def _started(command: list[str], end: IO[str]) -> subprocess.Popen[bytes] | None:
    """Return the running pager; None for a file that is no program, which must not cost the answer."""
    environment = {"LESS": _LESS, "LV": "-c", **os.environ}
    try:
        # The user's own program, as it stands in the environment.
        return subprocess.Popen(command, stdin=end, env=environment)  # noqa: S603
    except OSError:
        return None


def _ended(pager: subprocess.Popen[bytes], pipe: PagerPipe) -> None:
    """Wait until the reader is done; an interrupt is the pager's to understand."""
    with contextlib.suppress(OSError):
        pipe.close()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pager.wait()
    finally:
        signal.signal(signal.SIGINT, before)
