"""What a CloudTrail trail's event selectors let through.

Source: `cloudtrail:GetEventSelectors`, basic and advanced selectors. Management events count as logged
only when reads and writes of every region and source are, but for the sources that AWS allows to be
left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

EXCLUDABLE = frozenset({"kms.amazonaws.com", "rdsdata.amazonaws.com"})
_BOTH = frozenset({"ReadOnly", "WriteOnly"})

Selector = Mapping[str, Any]


def logs_management(selectors: Mapping[str, Any]) -> bool:
    """Say whether all management events, reads and writes, are logged."""
    kinds = {
        *map(_basic, _list(selectors, "EventSelectors")),
        *map(_advanced, _management(selectors)),
    }
    reached = {kind for kind in kinds if kind is not None}
    return "All" in reached or reached >= _BOTH


def excluded_sources(selectors: Mapping[str, Any]) -> frozenset[str]:
    """Return the event sources whose management events are left out."""
    basic = (s.get("ExcludeManagementEventSources", ()) for s in _list(selectors, "EventSelectors"))
    advanced = (_left_out(selector) for selector in _management(selectors))
    return frozenset(name for names in (*basic, *advanced) for name in names)


def data_events(selectors: Mapping[str, Any]) -> frozenset[str]:
    """Return a label for each sort of data event that is logged, with the resources it names."""
    basic = {
        f"{resource.get('Type')}:{value}"
        for selector in _list(selectors, "EventSelectors")
        for resource in selector.get("DataResources", ())
        for value in resource.get("Values", ())
    }
    advanced = {
        f"{field}:{value}"
        for selector in _list(selectors, "AdvancedEventSelectors")
        if "Data" in _equal(selector, "eventCategory")
        for field in ("resources.type", "resources.ARN")
        for value in _equal(selector, field)
    }
    return frozenset(basic | advanced)


def _basic(selector: Selector) -> str | None:
    if not selector.get("IncludeManagementEvents", True):
        return None
    return str(selector.get("ReadWriteType", "All"))


def _advanced(selector: Selector) -> str | None:
    """Return what a management selector lets through; None when it narrows by anything else."""
    for field in selector.get("FieldSelectors", ()):
        name = field.get("Field")
        if name in ("eventCategory", "readOnly"):
            continue
        if name != "eventSource" or set(field) - {"Field", "NotEquals"}:
            return None
        if not set(field["NotEquals"]) <= EXCLUDABLE:
            return None
    kinds = _equal(selector, "readOnly")
    if not kinds or set(kinds) == {"true", "false"}:
        return "All"
    return "ReadOnly" if "true" in kinds else "WriteOnly"


def _management(selectors: Mapping[str, Any]) -> list[Selector]:
    found = _list(selectors, "AdvancedEventSelectors")
    return [selector for selector in found if "Management" in _equal(selector, "eventCategory")]


def _left_out(selector: Selector) -> Iterable[str]:
    fields = selector.get("FieldSelectors", ())
    return [n for f in fields if f.get("Field") == "eventSource" for n in f.get("NotEquals", ())]


def _equal(selector: Selector, name: str) -> list[str]:
    fields = selector.get("FieldSelectors", ())
    return [v for f in fields if f.get("Field") == name for v in f.get("Equals", ())]


def _list(selectors: Mapping[str, Any], name: str) -> list[Selector]:
    found = selectors.get(name)
    return found if isinstance(found, list) else []
