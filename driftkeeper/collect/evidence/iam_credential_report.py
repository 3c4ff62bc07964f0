"""The IAM credential report as AWS wrote it, byte for byte (evidence item 1).

What is read from it are the rows of `iam.credential`; this is the source that they can be held against.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from driftkeeper.collect.credential_report import REPORT, credential_report, table
from driftkeeper.collect.made import LIST, Made, plain
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Item, Reach
from driftkeeper.domain.canonical import digest


def raw_report(asker: Asker) -> Iterable[Item]:
    """Return the one newest report: its text, or its bytes in Base64 when they are no UTF-8."""
    report = credential_report(asker)
    try:
        kept = {"Text": report.content.decode()}
    except UnicodeDecodeError:
        kept = {"Base64": base64.b64encode(report.content).decode()}
    rows = table(report.content.decode("utf-8-sig", errors="replace"))
    return [
        {
            **kept,
            "SHA256": digest(report.content),
            "Rows": len(rows),
            "Columns": [*rows[0]],
            "ReportFormat": report.format,
            "GeneratedTime": report.made,
        }
    ]


_OF_THE_REPORT = "says how AWS writes its report, and nothing about who is in it"

CREDENTIAL_REPORT = EvidenceType(
    name="iam.credential_report",
    title="IAM credential report, raw",
    says="The report as AWS wrote it, byte for byte, with its SHA-256 and the columns it has.",
    item=1,
    reach=Reach.ACCOUNT,
    listing=Function(REPORT, raw_report),
    key="urn:driftkeeper:{account}:iam:credential-report",
    observed=("Text", "Base64", "SHA256", "Rows"),
    sets={"Columns": None},
    as_of="GeneratedTime",
    criteria=("CC6.1", "CC6.2"),
    limits=(
        "AWS makes a new report at most every four hours, and keeps one: earlier ones cannot be asked"
        " for again. A report that cannot be read as a table is missed, and not kept."
    ),
    made=Made(
        fields={
            **plain("Text", "Base64", "SHA256", "Rows", "ReportFormat"),
            "Columns": {LIST: None},
        }
    ),
    no_setting={"*": _OF_THE_REPORT, "Columns.*": _OF_THE_REPORT},
)
