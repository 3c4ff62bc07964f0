"""`driftkeeper snapshots`: the snapshots taken so far."""

from __future__ import annotations

import typer

from driftkeeper.cli.output import when
from driftkeeper.cli.session import Session

_DIGEST, _SHORT_DIGEST = 16, 8
"""So much of a digest is shown, and so much on a narrow terminal."""

_WIDE = 90
"""A terminal of so many columns has room for the longer one."""


def run(context: typer.Context) -> None:
    """List the snapshots taken so far.

    Each with its coverage, the number of its changes, and its digest in the journal.
    """
    from driftkeeper.store import read

    session: Session = context.obj
    with session.reading() as connection:
        found = read.summaries(connection)
    if session.json:
        session.out.document(
            "snapshots",
            {
                "snapshots": [
                    {
                        "number": item.header.number,
                        "taken_at": item.header.taken_at,
                        "finished_at": item.header.finished_at,
                        "status": str(item.header.status),
                        "coverage": item.coverage,
                        "changes": item.changes,
                        "digest": item.digest,
                        "source": item.header.source,
                    }
                    for item in found
                ]
            },
        )
        return
    if not found:
        session.out.line("There is no snapshot yet. Take one with `driftkeeper collect`.")
        return
    room = session.out.room(0)
    digits = _DIGEST if room is None or room >= _WIDE else _SHORT_DIGEST
    session.out.table(
        ("NUMBER", "TAKEN (UTC)", "STATUS", "COMPLETE", "PARTIAL", "MISSED", "CHANGES", "DIGEST"),
        [
            (
                f"#{item.header.number}",
                when(item.header.taken_at),
                str(item.header.status),
                *(str(count) for count in item.coverage.values()),
                str(item.changes),
                item.digest[:digits],
            )
            for item in found
        ],
    )
