"""What a CloudTrail trail's event selectors let through.

Source: `cloudtrail:GetEventSelectors`, basic and advanced selectors. Management events count as logged
only where all of them are, of every source, but for the sources that AWS allows to be left out. What is no
selector as AWS documents it lets nothing through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

EXCLUDABLE = frozenset({"kms.amazonaws.com", "rdsdata.amazonaws.com"})
READS, WRITES = "reads", "writes"
_BOTH = frozenset({READS, WRITES})
_BASIC = {"All": _BOTH, "ReadOnly": frozenset({READS}), "WriteOnly": frozenset({WRITES})}
_ADVANCED = {"true": READS, "false": WRITES}

Selector = Mapping[str, Any]
Condition = tuple[str, str, frozenset[str]]
"""A field of an event, how it is compared, and with which values."""

DataEvents = frozenset[Condition]
"""The data events that meet all of these conditions."""


def management(selectors: Selector) -> dict[str, frozenset[str]]:
    """Return, for `reads` and `writes` where management events are logged, the sources left out.

    A source is left out that every selector for such events leaves out.
    """
    passing = [*_management(selectors)]
    found = {kind: [left for kinds, left in passing if kind in kinds] for kind in (READS, WRITES)}
    return {kind: frozenset.intersection(*left) for kind, left in found.items() if left}


def logs_management(selectors: Selector) -> bool:
    """Say whether management events are logged, both reads and writes."""
    return management(selectors).keys() == _BOTH


def excluded_sources(selectors: Selector) -> frozenset[str]:
    """Return the sources whose management events, reads or writes, are left out."""
    return frozenset[str]().union(*management(selectors).values())


def lost_management(old: Selector, new: Selector) -> bool:
    """Say whether some management events that the old selectors let through, the new ones do not."""
    after = management(new)
    return any(
        kind not in after or bool(after[kind] - left) for kind, left in management(old).items()
    )


def data_events(selectors: Selector) -> frozenset[DataEvents]:
    """Return the data events that are logged, one entry per resource and for reads and writes."""
    basic = (
        _data(
            _BASIC.get(str(selector.get("ReadWriteType", "All")), frozenset()),
            [("resources.type", "Equals", frozenset({str(resource.get("Type"))}))],
            [("resources.ARN", "StartsWith", value) for value in _texts(resource, "Values")],
        )
        for selector in _rows(selectors, "EventSelectors")
        for resource in _rows(selector, "DataResources")
    )
    advanced = (
        _advanced_data(selector)
        for selector in _rows(selectors, "AdvancedEventSelectors")
        if "Data" in _equal(selector, "eventCategory")
    )
    return frozenset(events for found in (*basic, *advanced) for events in found)


def lost_data_events(old: Selector, new: Selector) -> bool:
    """Say whether some data events that the old selectors let through, the new ones do not."""
    before, after = data_events(old), data_events(new)
    return not all(any(_covers(each, events) for each in after) for events in before - after)


def _management(selectors: Selector) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield, per selector, which management events it lets through and the sources it leaves out."""
    for selector in _rows(selectors, "EventSelectors"):
        if selector.get("IncludeManagementEvents", True) is True:
            kinds = _BASIC.get(str(selector.get("ReadWriteType", "All")), frozenset())
            yield kinds, frozenset(_texts(selector, "ExcludeManagementEventSources"))
    for selector in _rows(selectors, "AdvancedEventSelectors"):
        if "Management" in _equal(selector, "eventCategory"):
            sources = _left_out(selector)
            if sources is not None:
                yield _read_write(selector), sources


def _left_out(selector: Selector) -> frozenset[str] | None:
    """Return the sources an advanced selector leaves out; None when it is narrowed by more."""
    sources: set[str] = set()
    for field, operator, values in _conditions(selector):
        if (field, operator) == ("eventSource", "NotEquals"):
            sources |= values
        elif field not in ("eventCategory", "readOnly"):
            return None
    return frozenset(sources) if sources <= EXCLUDABLE else None


def _read_write(selector: Selector) -> frozenset[str]:
    """Return whether an advanced selector lets reads or writes through: both, if it does not say."""
    found = [values for field, _, values in _conditions(selector) if field == "readOnly"]
    chosen = {_ADVANCED.get(value, "") for value in _equal(selector, "readOnly")}
    return _BOTH & chosen if found else _BOTH


def _advanced_data(selector: Selector) -> Iterator[DataEvents]:
    resources = [
        (field, operator, value)
        for field, operator, values in _conditions(selector)
        if field == "resources.ARN" and operator in ("Equals", "StartsWith")
        for value in values
    ]
    others = [
        (field, operator, values)
        for field, operator, values in _conditions(selector)
        if field not in ("eventCategory", "readOnly")
        and (field != "resources.ARN" or operator not in ("Equals", "StartsWith"))
    ]
    return _data(_read_write(selector), others, resources)


def _data(
    kinds: frozenset[str], others: list[Condition], resources: list[tuple[str, str, str]]
) -> Iterator[DataEvents]:
    for kind in sorted(kinds):
        common = {*others, ("readOnly", "Equals", frozenset({kind}))}
        if not resources:
            yield frozenset(common)
        for field, operator, value in resources:
            named = (field, operator, frozenset({value}))
            yield frozenset(common if _is_whole_service(value) else {*common, named})


def _is_whole_service(value: str) -> bool:
    """Say whether an ARN names no resource: `arn:aws:s3` is how a basic selector says all of S3."""
    return not value.partition(":")[2] or not "".join(value.split(":", 5)[5:])


def _covers(wide: DataEvents, narrow: DataEvents) -> bool:
    """Say whether events that meet all the narrow conditions meet all the wide ones."""
    return all(
        any(other[0] == field and _implies(other, operator, values) for other in narrow)
        for field, operator, values in wide
    )


def _implies(known: Condition, operator: str, values: frozenset[str]) -> bool:
    _, how, others = known
    match operator:
        case "Equals":
            return how == "Equals" and others <= values
        case "StartsWith":
            prefixes = tuple(values)
            return how in ("Equals", "StartsWith") and all(v.startswith(prefixes) for v in others)
        case _:
            return how == operator and (
                others >= values if operator.startswith("Not") else others <= values
            )


def _conditions(selector: Selector) -> list[Condition]:
    return [
        (str(field.get("Field")), operator, frozenset(_texts(field, operator)))
        for field in _rows(selector, "FieldSelectors")
        for operator in field
        if operator != "Field"
    ]


def _equal(selector: Selector, name: str) -> list[str]:
    found = _conditions(selector)
    return [v for field, how, values in found if (field, how) == (name, "Equals") for v in values]


def _rows(value: Selector, name: str) -> list[Selector]:
    found = value.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _texts(value: Selector, name: str) -> list[str]:
    found = value.get(name)
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
