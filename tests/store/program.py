"""The program in a process of its own, for what only processes can show."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

MAIN = "from driftkeeper.cli.main import main; main()"


def run(
    folder: Path,
    url: str | None,
    *arguments: str,
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run one command in a folder against a database; `before` runs in the child first."""
    database = [] if url is None else ["--db", url]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "DRIFTKEEPER_", "XDG_"))
    }
    return subprocess.run(
        [sys.executable, "-c", MAIN, *database, *arguments],
        cwd=folder,
        env={**environment, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=before,
    )


def collect(
    recording: Path, url: str | None, *arguments: str, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Collect what is recorded, as of 2026-04-01."""
    replay = ["--replay", str(recording), "--at", "2026-04-01T06:00Z"]
    chosen = ["--evidence", "s3.account_pab"]
    return run(recording.parent, url, "collect", *replay, *chosen, *arguments, before=before)


class Collector:
    """A collector of hand-made sights in a process of its own; see `driver.py`."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.driver", url],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, line: str) -> str:
        """Say one line and return the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def __enter__(self) -> Collector:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
