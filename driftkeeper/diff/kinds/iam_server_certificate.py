"""Server certificates that were uploaded to IAM: what a load balancer proves its name with."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Lifecycle
from driftkeeper.domain.types import Direction, Severity

_CERTIFICATE = "iam.server_certificate"
_CRITERIA = ("CC6.7",)

CERTIFICATES = (
    ChangeKind(
        name="iam.server_certificate.uploaded",
        evidence=_CERTIFICATE,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=_CRITERIA,
        says="server certificate {ServerCertificateName} was uploaded to IAM and is valid until {Expiration}",
        trigger="A server certificate is new in a complete listing",
        means=(
            "A private key was made outside of AWS and brought in: copies may lie elsewhere, and IAM"
            " renews nothing by itself."
        ),
        advice=(
            "Ask the owner why AWS Certificate Manager does not do, where the key was made, and who"
            " renews it in time."
        ),
    ),
    ChangeKind(
        name="iam.server_certificate.deleted",
        evidence=_CERTIFICATE,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=_CRITERIA,
        says="server certificate {ServerCertificateName}, valid until {Expiration}, was deleted from IAM",
        trigger="A server certificate is gone from a complete listing",
        means="No load balancer can use it any more; copies of its key outside of AWS are as good as ever.",
        advice="Check that what used it has another certificate, and revoke it if it had not expired.",
    ),
    ChangeKind(
        name="iam.server_certificate.replaced",
        evidence=_CERTIFICATE,
        on=Lifecycle.RECREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=_CRITERIA,
        says="server certificate {ServerCertificateName} is another one, valid until {Expiration}",
        explains=("Expiration", "UploadDate"),
        trigger="A server certificate has the ARN of an earlier one and another ServerCertificateId",
        means="Another certificate with another key stands under a known name, as after a renewal.",
        advice="Match it to the renewal; without one find UploadServerCertificate in CloudTrail and ask.",
    ),
    ChangeKind(
        name="iam.server_certificate.renamed",
        evidence=_CERTIFICATE,
        on=Lifecycle.RENAMED,
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=_CRITERIA,
        says="server certificate {before} is now {after}",
        trigger="The same ServerCertificateId has another ARN: another name or path",
        means="It is the same certificate, but what refers to it by its ARN no longer finds it.",
        advice="Correct what refers to the old ARN, and see that load balancers still have it.",
    ),
)
