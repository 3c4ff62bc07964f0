"""The JSON objects that several commands print; their keys are a contract (`docs/cli.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from driftkeeper.domain.attribution import Actor, Called, Note, Role
from driftkeeper.domain.types import Change, Miss, Scope

if TYPE_CHECKING:
    from driftkeeper.workflow.ask import UnseenDetail
    from driftkeeper.workflow.report_coverage import Gap

CHANGE_COLUMNS = (
    "id",
    "kind",
    "direction",
    "severity",
    "criteria",
    "account",
    "region",
    "evidence",
    "resource",
    "path",
    "before",
    "after",
    "not_before",
    "not_after",
    "snapshot",
    "previous_snapshot",
    "says",
    "caused_by",
    "tool_upgrade",
    "actor",
    "reviewed",
    "attribution",
)


def scope_json(scope: Scope) -> dict[str, Any]:
    """Return a scope as JSON."""
    return {"account": scope.account, "region": scope.region, "evidence": scope.evidence}


def change_json(change: Change, actor: Actor | None = None) -> dict[str, Any]:
    """Return a change as JSON, with who made it as far as that was found out; nobody has reviewed it."""
    return {
        "id": change.id,
        "kind": change.kind,
        "direction": str(change.direction),
        "severity": str(change.severity),
        "criteria": list(change.criteria),
        **scope_json(change.scope),
        "resource": change.resource,
        "path": change.path,
        "before": change.before,
        "after": change.after,
        "not_before": change.not_before,
        "not_after": change.not_after,
        "snapshot": change.snapshot,
        "previous_snapshot": change.previous_snapshot or None,
        "says": change.says,
        "caused_by": change.caused_by,
        "tool_upgrade": change.tool_upgrade,
        "actor": None if actor is None else actor.label,
        "reviewed": None,
        "attribution": actor_json(actor),
    }


def actor_json(actor: Actor | None) -> dict[str, Any] | None:
    """Return who made a change as JSON, null where nobody looked or nothing could be asked."""
    if actor is None:
        return None
    return {
        "name": actor.label,
        "quality": str(actor.quality),
        **_called_json(actor.called),
        "candidates": _notes_json(actor.others, Role.CANDIDATE),
        "history": _notes_json(actor.others, Role.HISTORY),
        "failed": _notes_json(actor.others, Role.FAILED),
    }


def _notes_json(notes: tuple[Note, ...], role: Role) -> list[dict[str, Any]]:
    return [
        {"name": note.called.caller.label, **_called_json(note.called), "error": note.called.error}
        for note in notes
        if note.role is role
    ]


def _called_json(called: Called | None) -> dict[str, Any]:
    who = None if called is None else called.caller
    return {
        "event": called.name if called else None,
        "event_id": called.id if called else None,
        "at": called.at if called else None,
        "channel": who.channel if who else None,
        "mfa": who.mfa if who else None,
        "source_ip": who.source_ip if who else None,
        "session": who.session if who else None,
        "via": who.via if who else None,
    }


def detail_json(detail: UnseenDetail) -> dict[str, Any]:
    """Return a detail that was unseen as JSON; the resource is null where it was unseen of all."""
    return {
        **scope_json(detail.scope),
        "resource": detail.resource,
        "detail": detail.detail,
        "cause": detail.cause,
    }


def gap_json(gap: Gap) -> dict[str, Any]:
    """Return a gap of a scope as JSON."""
    return {"from": gap.start, "until": gap.end, "causes": list(gap.causes)}


def miss_json(miss: Miss) -> dict[str, Any]:
    """Return a miss as JSON; resource and detail only where there is one."""
    return {
        **scope_json(miss.scope),
        **({} if miss.resource is None else {"resource": miss.resource}),
        **({} if miss.detail is None else {"detail": miss.detail}),
        "cause": str(miss.cause),
        "code": miss.code,
        "message": miss.message,
    }


def miss_row_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored miss as JSON."""
    return {name: value for name, value in row.items() if value is not None}
