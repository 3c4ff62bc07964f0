"""`driftkeeper catalog kinds --coverage`: what has a kind of change of its own, and what has not."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from driftkeeper.cli.output import counted
from driftkeeper.cli.session import Session

if TYPE_CHECKING:
    from driftkeeper.workflow.named_share import Path, Recorded

_SHOWN = 20


def print_coverage(session: Session) -> None:
    """Print what can be told by name of all that answers can have, and what was, if there is a store."""
    from driftkeeper.workflow.named_share import declared

    found = _recorded(session)
    if session.json:
        content = {"declared": _declared_json(declared()), "recorded": _recorded_json(found)}
        session.out.document("catalog-kinds-coverage", content)
        return
    _print_declared(session, declared())
    session.out.line()
    _print_recorded(session, found)


def _recorded(session: Session) -> Recorded | None:
    """Return what the store says; None without one, for which no database is made."""
    from driftkeeper.store.schema import revision_of
    from driftkeeper.store.unnamed import counted as changes_by_kind
    from driftkeeper.workflow.named_share import GENERIC, recorded

    if revision_of(session.engine) is None:
        return None
    with session.reading() as connection:
        return recorded(changes_by_kind(connection, GENERIC))


def _declared_json(paths: tuple[Path, ...]) -> dict[str, Any]:
    from driftkeeper.workflow.named_share import Standing, share_of

    whole = share_of(paths)
    return {
        "settings": whole.of,
        "unnamed": whole.unnamed,
        "unnamed_percent": whole.percent,
        "paths": [
            {
                "evidence": path.evidence,
                "path": path.path,
                "standing": str(path.standing),
                "why": path.why,
            }
            for path in paths
            if path.standing in (Standing.UNNAMED, Standing.EXPLAINED, Standing.NO_SETTING)
        ],
        "evidence": [
            {"evidence": name, **{str(standing): tally[standing] for standing in Standing}}
            for name, tally in _by_evidence(paths)
        ],
    }


def _by_evidence(paths: tuple[Path, ...]) -> list[tuple[str, Counter[str]]]:
    return [
        (name, Counter(path.standing for path in group))
        for name, group in groupby(paths, key=lambda path: path.evidence)
    ]


def _recorded_json(found: Recorded | None) -> dict[str, Any] | None:
    if found is None:
        return None
    share = found.share
    return {
        "changes": found.changes,
        "no_setting": found.no_setting,
        "unnamed": share.unnamed,
        "unnamed_percent": share.percent,
        "paths": [
            {
                "kind": row.kind,
                "evidence": row.evidence,
                "path": row.path,
                "changes": row.changes,
            }
            for row in found.unnamed
        ],
    }


def _print_declared(session: Session, paths: tuple[Path, ...]) -> None:
    from driftkeeper.workflow.named_share import SETTINGS, Standing, share_of

    whole, out = share_of(paths), session.out
    out.line(
        f"Declared: of {counted(whole.of, 'setting')} of security that AWS can answer,"
        f" {whole.unnamed} have no kind of change of their own ({whole.percent}%)."
    )
    rows = [
        (name, *(str(tally[standing]) for standing in (*SETTINGS, Standing.NO_SETTING)))
        for name, tally in _by_evidence(paths)
    ]
    out.table(("EVIDENCE", "NAMED", "EXPLAINED", "UNNAMED", "NO SETTING"), rows)
    left = [path for path in paths if path.standing is Standing.UNNAMED]
    if left:
        out.line()
        out.line("Told as resource.attribute_changed only:")
        for path in left:
            out.line(f"  {path.evidence}  {path.path}")


def _print_recorded(session: Session, found: Recorded | None) -> None:
    out = session.out
    if found is None:
        out.line("Recorded: there is no store to count in.")
        return
    share = found.share
    out.line(
        f"Recorded: of {counted(found.changes, 'change')}, {found.no_setting} are at no setting of"
        f" security; of the others {share.unnamed} have no kind of their own ({share.percent}%)."
    )
    if found.unnamed:
        rows = [(r.evidence, r.kind, r.path, str(r.changes)) for r in found.unnamed[:_SHOWN]]
        out.table(("EVIDENCE", "KIND", "PATH", "CHANGES"), rows)
        if len(found.unnamed) > _SHOWN:
            out.line(f"and {len(found.unnamed) - _SHOWN} more; --json has them all")
