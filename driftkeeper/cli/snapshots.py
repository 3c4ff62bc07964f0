"""`driftkeeper snapshots`: the snapshots taken so far."""

from __future__ import annotations

import typer

from driftkeeper.cli.output import when
from driftkeeper.cli.session import Session


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
    session.out.table(
        ("NUMBER", "TAKEN (UTC)", "STATUS", "COMPLETE", "PARTIAL", "MISSED", "CHANGES", "DIGEST"),
        [
            (
                f"#{item.header.number}",
                when(item.header.taken_at),
                str(item.header.status),
                *(str(count) for count in item.coverage.values()),
                str(item.changes),
                item.digest[:16],
            )
            for item in found
        ],
    )
