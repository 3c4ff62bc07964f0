"""GuardDuty filters, among them those that archive findings by themselves (evidence item 7)."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.guardduty import DETECTORS, PAGE, detector_of, texts
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.spec import Asker, Call, EvidenceType, From, Function, Item, Reach

_DETECTOR = {"DetectorId": From("DetectorId")}
_LIST = Call("guardduty", "list_filters", items="FilterNames", params=_DETECTOR, page_size=PAGE)


def filters(asker: Asker) -> Iterable[Item]:
    """Return the detector's filters by name."""
    detector = detector_of(asker)
    if detector is None:
        return []
    named: Item = {"DetectorId": detector}
    return [{**named, "FilterName": name} for name in texts(asker.value(_LIST, named))]


FILTER = EvidenceType(
    name="guardduty.filter",
    title="GuardDuty filters",
    says="Which findings each filter matches, and whether it archives them without anybody looking.",
    item=7,
    reach=Reach.REGION,
    listing=Function((DETECTORS, _LIST), filters),
    details={
        "Filter": Call(
            "guardduty",
            "get_filter",
            params={**_DETECTOR, "FilterName": From("FilterName")},
            always=("Name", "Action", "FindingCriteria"),
        ),
    },
    key="arn:{partition}:guardduty:{region}:{account}:detector/{DetectorId}/filter/{FilterName}",
    observed=("Filter.CreatedAt", "Filter.UpdatedAt", "Filter.Version"),
    sets={"Filter.FindingCriteria.Criterion.*.*": None},
    criteria=("CC7.3",),
    limits="A filter does not say why what it archives needs no review.",
    made=Made(fields=plain("DetectorId", "FilterName")),
)
