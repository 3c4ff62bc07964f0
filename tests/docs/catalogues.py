"""What the declarations say: evidence types, kinds of change, facts, and the tables of the store."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from driftkeeper.collect.catalog import ATTRIBUTION_CALLS, CONTEXT_CALLS, evidence_types
from driftkeeper.collect.causes import unseen_for_code
from driftkeeper.collect.permissions import action, actions, collector_policy
from driftkeeper.collect.spec import (
    Account,
    Batch,
    Call,
    EvidenceType,
    From,
    Function,
    Gather,
    Reach,
)
from driftkeeper.derive.catalog import facts
from driftkeeper.diff.catalog import kinds_of
from driftkeeper.domain.types import Cause
from driftkeeper.store.tables import metadata
from tests.docs.markdown import code, codes, fenced, table

_READ = {
    Reach.ORGANIZATION: "once per organisation, in the account that lists it",
    Reach.ACCOUNT: "once per account",
    Reach.REGION: "once per region",
}


def evidence_by_item() -> str:
    """Return which types answer which item of the evidence request list, and which criteria they serve."""
    rows = []
    for item, specs in groupby(
        sorted(evidence_types().values(), key=_by_item), key=lambda s: s.item
    ):
        for spec in specs:
            link = f"[{spec.title}](#{spec.name.replace('.', '')})"
            name = code(spec.name) + (" (optional)" if spec.optional else "")
            rows.append((str(item or "—"), name, link, " ".join(spec.criteria)))
    return table(("item", "type", "what it is", "criteria"), rows)


def _by_item(spec: EvidenceType) -> tuple[int, str]:
    return spec.item, spec.name


def evidence() -> str:
    """Return the data dictionary of every evidence type."""
    return "\n\n".join(_evidence(spec) for spec in evidence_types().values())


def _evidence(spec: EvidenceType) -> str:
    item = f"evidence item {spec.item}" if spec.item else "context of the other evidence"
    only = "; only when `collect.also` or `--evidence` names it" if spec.optional else ""
    about = [
        ("read", f"{_READ[spec.reach]}; {item}{only}"),
        ("named by", code(spec.key)),
        ("immutable id", code(spec.uid) if spec.uid else "AWS gives none"),
        ("as of", f"the answer's own {code(spec.as_of)}" if spec.as_of else "when it was asked"),
        ("volatile", codes(spec.observed)),
        ("acts", codes(spec.acts)),
        ("policies", codes(spec.policies)),
        ("serves", " ".join(spec.criteria)),
        ("IAM actions", codes(actions(spec.calls()))),
    ]
    if spec.aspect_of:
        about.insert(1, ("a view of", code(spec.aspect_of)))
    sets = [(code(path), _told_apart(key)) for path, key in sorted(spec.sets.items())]
    parts = [
        f"### {spec.name}",
        f"**{spec.title}.** {spec.says}",
        *([f"*What it does not show:* {spec.limits}"] if spec.limits else []),
        table(("", ""), about),
        table(("part", "call", "what it means"), _calls(spec)),
    ]
    if sets:
        parts.append(table(("set", "told apart by"), sets))
    if spec.ties:
        ties = [(tie.name, code(tie.other), tie.says) for tie in spec.ties]
        parts.append(table(("count", "held against", "what must agree"), ties))
    return "\n\n".join(parts)


def _told_apart(key: Any) -> str:
    if key is None:
        return "its whole content"
    if callable(key):
        doc = inspect.getdoc(key) or key.__name__
        return doc.removeprefix("Return ").rstrip(".")
    return codes([key] if isinstance(key, str) else key)


def _calls(spec: EvidenceType) -> Iterator[tuple[str, str, str]]:
    for call in spec.listed_by():
        yield "the listing", _call(call), _meaning(call)
    for name, detail in spec.details.items():
        match detail:
            case Gather():
                if isinstance(detail.call, Function):
                    for call in detail.call.calls:
                        yield code(name), _call(call), f"once per scope; {_dealt(detail)}"
                else:
                    words = f"once per scope; {_meaning(detail.call)}; {_dealt(detail)}"
                    yield code(name), _call(detail.call), words
            case Batch(call=call):
                given = f"{detail.each}=<{detail.to} of up to {detail.size}>"
                yield code(name), _call(call, given), f"{_meaning(call)}; {_dealt(detail)}"
            case Call():
                yield code(name), _call(detail), _meaning(detail)


def _dealt(detail: Gather | Batch) -> str:
    return f"a row belongs where its {code(detail.on)} is the resource's {code(detail.to)}"


def _call(call: Call, *more: str) -> str:
    params = [f"{name}={_param(value)}" for name, value in call.params.items()]
    return code(f"{call.service}.{call.operation}({', '.join((*params, *more))})")


def _param(value: Any) -> str:
    if isinstance(value, From):
        return f"<{value.path}>"
    return "<account>" if isinstance(value, Account) else json.dumps(value)


def _meaning(call: Call) -> str:
    words = [f"kept: {code(call.items)}" if call.items else "kept: the whole answer"]
    if call.fields:
        words.append(f"only the fields {codes(call.fields)}")
    if call.always:
        words.append(f"malformed without {codes(call.always)}")
    if call.when:
        words.append(f"asked only if: {_said(call.when)}; else {code(json.dumps(call.otherwise))}")
    if call.kept:
        words.append(f"not asked again, but kept, if: {_said(call.kept)}")
    if call.region:
        words.append(f"asked in the region {code(f'<{call.region.path}>')}")
    if call.shared:
        words.append("one answer for all types that ask so")
    words += [f"{code(name)} means {code(json.dumps(v))}" for name, v in call.absent_on.items()]
    known = f", unless {code(call.arn.path)} is of this one" if call.arn else ""
    words += [f"{code(name)}: it belongs to another account{known}" for name in call.not_owner_on]
    return "; ".join(words)


def _said(test: Callable[..., bool]) -> str:
    """Return what a test asks: its docstring, or else its name."""
    doc = (inspect.getdoc(test) or "").split("\n")[0].rstrip(".")
    return doc.removeprefix("Say whether ") or test.__name__.strip("_").replace("_", " ")


def causes() -> str:
    """Return which error codes mean which cause of not having seen something."""
    from driftkeeper.collect import causes as module

    by_cause: dict[Cause, list[str]] = {cause: [] for cause in Cause}
    for name in module._BY_CODE:
        by_cause[unseen_for_code(name, "").cause].append(name)
    rows = [(code(cause), codes(sorted(names))) for cause, names in by_cause.items() if names]
    gone = ("*not a miss*: the resource is gone", codes(sorted(module.GONE)))
    return table(("cause", "error codes of AWS"), [*rows, gone])


def policy() -> str:
    """Return the least privilege that collecting needs."""
    needed = ", ".join(code(action(call)) for call in CONTEXT_CALLS[1:])
    later = ", ".join(code(action(call)) for call in ATTRIBUTION_CALLS)
    text = json.dumps(collector_policy(), indent=2)
    words = (
        f"{needed} finds the regions, {later} will say who made a change; the rest reads evidence."
    )
    return f"{words}\n\n{fenced(text, 'json')}"


def all_facts() -> str:
    """Return every fact, with the kinds of change that name its movements."""
    rows = [
        (
            code(fact.name),
            codes(fact.of),
            f"{fact.title}. {fact.says}",
            str(fact.version),
            codes(kind.name for kind in kinds_of(fact.name)),
        )
        for fact in facts().values()
    ]
    return table(("fact", "about", "what it says", "version", "kinds of change"), rows)


def store_tables() -> str:
    """Return every table with its columns; those of the primary key are in bold."""
    rows = [
        (
            code(found.name),
            ", ".join(
                f"**{column.name}**" if column.primary_key else column.name
                for column in found.columns
            ),
        )
        for found in metadata.sorted_tables
    ]
    return table(("table", "columns"), rows)
