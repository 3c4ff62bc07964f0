"""Test doubles of AWS that do not lie.

`script` answers real clients from a script; `moto` mends moto's AWS where it differs from the real one;
`models` knows what botocore knows of each operation. No double may answer what the service model does
not allow.
"""

from __future__ import annotations

from tests.aws.models import LOADER, name_of, operation, pagination, require_fit, service_model
from tests.aws.script import (
    ACCOUNT,
    HOME,
    NOW,
    PAGE,
    REGION,
    Error,
    Script,
    Ticking,
    clients,
    http,
    no_aws_environment,
    reader,
    wired,
)

__all__ = [
    "ACCOUNT",
    "HOME",
    "LOADER",
    "NOW",
    "PAGE",
    "REGION",
    "Error",
    "Script",
    "Ticking",
    "clients",
    "http",
    "name_of",
    "no_aws_environment",
    "operation",
    "pagination",
    "reader",
    "require_fit",
    "service_model",
    "wired",
]
