"""What docs/changes.md says of the kinds of change, and of how much has a kind of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.no_setting import EVERYWHERE
from driftkeeper.diff.catalog import declared
from driftkeeper.diff.spec import EVERYTHING, ChangeKind, Lifecycle
from driftkeeper.domain.types import Direction, Severity
from driftkeeper.workflow.named_share import Standing, declared as declared_paths, share_of
from tests.docs.markdown import code, codes, table
from tests.docs.weights import directions, severities

_SERVICES = {
    "aa": "IAM Access Analyzer",
    "account": "Accounts, regions and the organisation",
    "cloudtrail": "CloudTrail",
    "collection": "What could be seen",
    "eni": "Network interfaces",
    "guardduty": "GuardDuty",
    "iam": "IAM",
    "kms": "KMS",
    "nacl": "Network ACLs",
    "prefix_list": "Prefix lists",
    "resource": "Everything else",
    "s3": "S3",
    "sg": "Security groups",
    "vpc": "VPCs",
}
_HAPPENED = {
    Lifecycle.CREATED: "a resource that appeared",
    Lifecycle.DELETED: "a resource that is gone from a complete listing",
    Lifecycle.RECREATED: "the same key with another immutable id",
    Lifecycle.RENAMED: "the same immutable id with another key",
    Lifecycle.FIRST_OBSERVED: "a detail that was never seen before",
    Lifecycle.BASELINE: "the first complete listing of a scope",
    Lifecycle.SCOPE_LOST: "a scope that was seen last time and is missed",
    Lifecycle.SCOPE_RESTORED: "a scope that was missed last time and is seen",
}


def services() -> str:
    """Return every kind of change, a section for each service."""
    by_name = [(name, list(same)) for name, same in groupby(declared(), key=lambda k: k.name)]
    parts = []
    for service, group in groupby(by_name, key=lambda entry: entry[0].split(".")[0]):
        entries = list(group)
        columns = ("kind", "direction", "severity", "criteria")
        parts.append(f"### {_SERVICES[service]}")
        parts.append(table(columns, [_row(name, same) for name, same in entries]))
        parts += [_details(name, same) for name, same in entries]
    return "\n\n".join(parts)


def _row(name: str, same: list[ChangeKind]) -> tuple[str, ...]:
    link = f"[{name}](#{name.replace('.', '')})"
    return link, _direction(same), _severity(same), " ".join(same[0].criteria)


def _details(name: str, same: list[ChangeKind]) -> str:
    """Return all that is said of a kind; what differs between its evidence types, for each of them."""
    head = f"{_direction(same)} · {_severity(same)} · {' '.join(same[0].criteria)}"
    lines = [f"#### {name}", f"{head}. {_places(same)}."]
    texts = [
        *_each("Fires when", [(k.evidence, k.trigger) for k in same]),
        *_each("Means", [(k.evidence, k.means) for k in same]),
        *_each("What to do", [(k.evidence, k.advice) for k in same]),
        *_each("Says", [(k.evidence, k.says) for k in same]),
    ]
    tied = _tied(same)
    return "\n\n".join([*lines, "\n".join([*texts, *tied])])


def _each(label: str, texts: list[tuple[str, str]]) -> Iterator[str]:
    """Yield a line with the label; one for each evidence type where they say different things."""
    if len({text for _, text in texts}) == 1:
        if text := texts[0][1]:
            yield f"- *{label}:* {_sentence(text) if label != 'Says' else _quoted(text)}"
        return
    for evidence, text in texts:
        said = _sentence(text) if label != "Says" else _quoted(text)
        yield f"- *{label}* ({evidence}): {said}"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _quoted(text: str) -> str:
    return f"“{text}”"


def _tied(same: list[ChangeKind]) -> Iterator[str]:
    explained = dict.fromkeys(path for kind in same for path in kind.explains)
    if explained:
        yield f"- *Explains* what differs at {codes(explained)}."
    if all(kind.claims is False for kind in same):
        yield "- *A consequence:* told beside the change it follows from, and caused by that."
    elif any(callable(kind.claims) for kind in same):
        yield "- *Sometimes a consequence:* then it is told beside another change, and caused by that."
    if any(kind.born for kind in same):
        yield "- *Also told* of what a new resource comes with, as caused by its creation."


def _places(same: list[ChangeKind]) -> str:
    """Return where the kinds of one name look: evidence types that share a place together."""
    by_place: dict[str, list[str]] = {}
    for kind in same:
        of = "everything" if kind.evidence == EVERYTHING else code(kind.evidence)
        by_place.setdefault(_place(kind), []).append(of)
    text = "; ".join(f"of {', '.join(of)}{place}" for place, of in by_place.items())
    return text[0].upper() + text[1:]


def _place(kind: ChangeKind) -> str:
    if kind.on in _HAPPENED:
        return f": {_HAPPENED[kind.on]}"
    if kind.whole:
        return f": anything in {code(kind.path)}" if kind.path else ": anything in it"
    act = ", which moved" if kind.on is Lifecycle.ACT else ""
    paths = kind.looks_at
    return f", at {codes(paths)}{act}" if paths else ""


def _direction(same: Sequence[ChangeKind]) -> str:
    return _listed([value for value in Direction if any(value in directions(k) for k in same)])


def _severity(same: Sequence[ChangeKind]) -> str:
    return _listed([value for value in Severity if any(value in severities(k) for k in same)])


def _listed(values: Sequence[Direction] | Sequence[Severity]) -> str:
    """Return the values in words; of several severities the first and the last."""
    if len(values) > 2 and isinstance(values[0], Severity):
        return f"{values[0]} to {values[-1]}"
    return " or ".join(values)


def named_share() -> str:
    """Return how much has a kind of its own, and which settings have none."""
    share = share_of(declared_paths())
    left = [path for path in declared_paths() if path.standing is Standing.UNNAMED]
    words = (
        f"Of {share.of} settings of security, {share.unnamed} have no kind of their own"
        f" ({share.percent}%)"
    )
    if not left:
        return f"{words}."
    return f"{words}:\n\n{table(('evidence', 'path'), [(code(p.evidence), code(p.path)) for p in left])}"


def no_settings() -> str:
    """Return what does not count as a setting of security, with the reasons."""
    rows = [("*any*", *row) for row in _by_reason(EVERYWHERE)]
    for evidence, spec in evidence_types().items():
        rows += [(evidence, *row) for row in _by_reason(spec.no_setting)]
        if spec.no_event:
            rows.append((evidence, "that one comes or goes", spec.no_event))
    return table(("evidence", "fields", "reason"), rows)


def _by_reason(rows: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for why in dict.fromkeys(rows.values()):
        yield codes(path for path, mine in rows.items() if mine == why), why
