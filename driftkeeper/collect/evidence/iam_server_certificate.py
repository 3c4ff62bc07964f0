"""Server certificates that are kept in IAM, with their expiry (evidence item 2)."""

from __future__ import annotations

from driftkeeper.collect.no_setting import FIXED, LABEL
from driftkeeper.collect.spec import Call, EvidenceType, Reach

SERVER_CERTIFICATE = EvidenceType(
    name="iam.server_certificate",
    title="IAM server certificates",
    says="Each server certificate uploaded to IAM: when it was uploaded and when it expires.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=Call(
        "iam",
        "list_server_certificates",
        items="ServerCertificateMetadataList",
        always=("Arn", "ServerCertificateId"),
        page_size=1000,
    ),
    key="{Arn}",
    uid="ServerCertificateId",
    criteria=("CC6.1", "CC6.7"),
    limits=(
        "Certificates of AWS Certificate Manager are not listed, and neither is where one is used. The"
        " certificate itself and its private key are not read."
    ),
    no_setting={
        "Expiration": FIXED,
        "ServerCertificateName": LABEL,
        "UploadDate": FIXED,
    },
)
