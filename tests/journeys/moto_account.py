"""An account in moto's AWS with something of all ten evidence items, and what happens to it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from tests.aws.moto import ACCOUNT, TOKEN, Moto
from tests.aws.repairs.asked import Row
from tests.aws.repairs.s3 import SWITCHES

HOME, OTHER = "us-east-1", "eu-west-1"
TRAIL_BUCKET, DATA_BUCKET, FAR_BUCKET = "trail-bucket", "data-bucket", "far-bucket"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nPLANTEDBODY\n-----END CERTIFICATE-----"
SEED_WORDS = ("Base32StringSeed", "QRCodePNG")
_FEDERATED = "https://token.actions.githubusercontent.com"
_METADATA = '<EntityDescriptor entityID="x">' + "<!-- -->" * 150 + "</EntityDescriptor>"
_READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
}


def trust(principal: Row) -> str:
    """Return the document by which a role trusts somebody."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class World:
    """The account, its clients in two regions, and secrets that must not leave it."""

    def __init__(self, moto: Moto, now: datetime) -> None:
        self.moto, self.now = moto, now
        self.iam, self.kms, self.ec2 = (self.of(name) for name in ("iam", "kms", "ec2"))
        self.s3, self.trails, self.gd = (
            self.of(name) for name in ("s3", "cloudtrail", "guardduty")
        )
        self.secrets: list[str] = ["PLANTEDBODY", "PLANTEDKEY", TOKEN, *SEED_WORDS]
        self._people()
        self._federation()
        self._keys()
        self._buckets()
        self._trail()
        self._network()
        self._detection()
        self._analysis()

    def of(self, service: str, region: str = HOME) -> Any:
        """Return a client that acts in the account."""
        return self.moto.client(service, region)

    def _people(self) -> None:
        iam = self.iam
        iam.create_account_alias(AccountAlias="some-company")
        iam.create_group(GroupName="readers")
        self.policy = iam.create_policy(PolicyName="read", PolicyDocument=json.dumps(_READ))
        self.policy_arn = self.policy["Policy"]["Arn"]
        iam.attach_group_policy(GroupName="readers", PolicyArn=self.policy_arn)
        for name in ("alice", "bob", "carol"):
            iam.create_user(UserName=name, Tags=[{"Key": "team", "Value": "a"}])
            iam.add_user_to_group(GroupName="readers", UserName=name)
            self.secrets.append(
                iam.create_access_key(UserName=name)["AccessKey"]["SecretAccessKey"]
            )
            made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
            self.secrets.append(made["Base32StringSeed"].decode())
            iam.enable_mfa_device(
                UserName=name,
                SerialNumber=made["SerialNumber"],
                AuthenticationCode1="123456",
                AuthenticationCode2="654321",
            )
        self.moto.state.service_credentials = [
            {
                "UserName": "bob",
                "Status": "Active",
                "ServiceUserName": "bob-at-1",
                "CreateDate": self.now,
                "ServiceSpecificCredentialId": "ACCA" + "A" * 16,
                "ServiceName": "codecommit.amazonaws.com",
            }
        ]
        iam.create_login_profile(UserName="alice", Password="Not-a-secret-1!")
        for name in ("deploy", "audit", "backup"):
            iam.create_role(
                RoleName=name,
                AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}),
                Description=f"for {name}",
            )
        iam.create_instance_profile(InstanceProfileName="machines")
        iam.add_role_to_instance_profile(InstanceProfileName="machines", RoleName="deploy")
        iam.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True)

    def _federation(self) -> None:
        iam = self.iam
        iam.create_saml_provider(Name="sso", SAMLMetadataDocument=_METADATA)
        iam.create_open_id_connect_provider(
            Url=_FEDERATED, ThumbprintList=["a" * 40], ClientIDList=["sts.amazonaws.com"]
        )
        iam.upload_server_certificate(
            ServerCertificateName="web", CertificateBody=CERTIFICATE, PrivateKey="PLANTEDKEY"
        )

    def _keys(self) -> None:
        self.key = self.kms.create_key(Description="main")["KeyMetadata"]["KeyId"]
        self.kms.enable_key_rotation(KeyId=self.key, RotationPeriodInDays=200)
        self.kms.create_alias(AliasName="alias/main", TargetKeyId=self.key)
        self.kms.create_grant(
            KeyId=self.key,
            GranteePrincipal="arn:aws:iam::999988887777:root",
            Operations=["Decrypt"],
        )
        self.kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
        self.of("kms", OTHER).create_key()

    def _buckets(self) -> None:
        self.s3.create_bucket(Bucket=TRAIL_BUCKET)
        self.s3.create_bucket(Bucket=DATA_BUCKET)
        self.far = self.of("s3", OTHER)
        self.far.create_bucket(
            Bucket=FAR_BUCKET, CreateBucketConfiguration={"LocationConstraint": OTHER}
        )
        self.s3.put_bucket_versioning(
            Bucket=DATA_BUCKET,
            VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"},
            MFA="serial 123456",
        )
        self.s3.put_bucket_tagging(
            Bucket=DATA_BUCKET, Tagging={"TagSet": [{"Key": "data", "Value": "customers"}]}
        )
        self.of("s3control").put_public_access_block(
            AccountId=ACCOUNT, PublicAccessBlockConfiguration=dict.fromkeys(SWITCHES, True)
        )

    def _trail(self) -> None:
        self.trails.create_trail(Name="main", S3BucketName=TRAIL_BUCKET, IsMultiRegionTrail=True)
        self.trails.start_logging(Name="main")
        for region in (HOME, OTHER):
            self.moto.state.public_keys[region] = [
                {
                    "Value": b"der",
                    "Fingerprint": region,
                    "ValidityStartTime": self.now - timedelta(days=9),
                    "ValidityEndTime": self.now + timedelta(days=90),
                }
            ]

    def _network(self) -> None:
        ec2 = self.ec2
        self.group = ec2.create_security_group(GroupName="web", Description="d")["GroupId"]
        made = ec2.create_managed_prefix_list(
            PrefixListName="offices",
            MaxEntries=5,
            AddressFamily="IPv4",
            Entries=[{"Cidr": "198.51.100.0/24", "Description": "head office"}],
        )
        self.prefix_list = made["PrefixList"]["PrefixListId"]
        listed = [{"PrefixListId": self.prefix_list}]
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": listed}
        ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[rule])
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        ec2.create_network_interface(SubnetId=subnet, Groups=[self.group])
        self.acl = ec2.describe_network_acls()["NetworkAcls"][0]["NetworkAclId"]

    def _detection(self) -> None:
        self.detector = self.gd.create_detector(Enable=True)["DetectorId"]
        criteria = {"Criterion": {"severity": {"LessThan": 4}}}
        self.gd.create_filter(
            DetectorId=self.detector, Name="noise", Action="ARCHIVE", FindingCriteria=criteria
        )
        self.moto.state.detected[HOME] = [self.detected(n) for n in range(5)]

    def detected(self, number: int) -> Row:
        """Return a finding of GuardDuty; every second one is archived."""
        moment = f"{self.now - timedelta(days=number + 1):%Y-%m-%dT%H:%M:%S.000Z}"
        arn = f"arn:aws:guardduty:{HOME}:{ACCOUNT}:detector/{self.detector}/finding/f{number}"
        return {
            "AccountId": ACCOUNT,
            "Arn": arn,
            "CreatedAt": moment,
            "Id": f"f{number}",
            "Region": HOME,
            "Resource": {"ResourceType": "AccessKey"},
            "SchemaVersion": "2.0",
            "Service": {"Archived": number % 2 == 1, "Count": 1, "EventLastSeen": moment},
            "Severity": 5.5,
            "Title": f"t{number}",
            "Type": "Recon:IAMUser/MaliciousIPCaller",
            "UpdatedAt": moment,
        }

    def _analysis(self) -> None:
        state, made = self.moto.state, self.now - timedelta(days=30)
        arn = f"arn:aws:access-analyzer:{HOME}:{ACCOUNT}:analyzer/"
        base = {"createdAt": made, "status": "ACTIVE", "tags": {}}
        state.analyzers[HOME] = [
            {**base, "arn": arn + "external", "name": "external", "type": "ACCOUNT"},
            {
                **base,
                "arn": arn + "unused",
                "name": "unused",
                "type": "ACCOUNT_UNUSED_ACCESS",
                "configuration": {"unusedAccess": {"unusedAccessAge": 90}},
            },
        ]
        self.external = state.findings[arn + "external"] = [
            {
                **self._finding(f"e{n}"),
                "principal": {"AWS": "999988887777"},
                "action": ["sts:AssumeRole"],
                "condition": {},
                "isPublic": False,
            }
            for n in range(3)
        ]
        details = [{"unusedIamRoleDetails": {"lastAccessed": made}}]
        state.findings[arn + "unused"] = [
            {**self._finding(f"u{n}"), "findingType": "UnusedIAMRole", "findingDetails": details}
            for n in range(3)
        ]
        criteria = {"resourceType": {"eq": ["AWS::S3::Bucket"]}}
        rule = {"ruleName": "buckets", "filter": criteria, "createdAt": made, "updatedAt": made}
        state.rules["external"] = [rule]

    def _finding(self, name: str) -> Row:
        made = self.now - timedelta(days=20)
        return {
            "id": name,
            "resource": f"arn:aws:iam::{ACCOUNT}:role/deploy",
            "resourceType": "AWS::IAM::Role",
            "resourceOwnerAccount": ACCOUNT,
            "status": "ACTIVE",
            "createdAt": made,
            "analyzedAt": made,
            "updatedAt": made,
        }

    def pass_a_day(self, now: datetime) -> None:
        """Let what moves by itself move: nobody has done anything."""
        self.now = now
        self.moto.state.now = lambda: now
        for rows in self.moto.state.findings.values():
            for row in rows:
                row["analyzedAt"] = now

    def change(self) -> None:
        """Do one thing in each service."""
        ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
        ssh |= {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[ssh])
        self.ec2.create_network_acl_entry(
            NetworkAclId=self.acl,
            RuleNumber=90,
            Protocol="6",
            RuleAction="deny",
            Egress=False,
            CidrBlock="0.0.0.0/0",
            PortRange={"From": 22, "To": 22},
        )
        self.ec2.modify_managed_prefix_list(
            PrefixListId=self.prefix_list,
            PrefixListName="offices",
            CurrentVersion=1,
            AddEntries=[{"Cidr": "203.0.113.0/24", "Description": "branch"}],
        )
        self.iam.update_assume_role_policy(
            RoleName="audit", PolicyDocument=trust({"AWS": "arn:aws:iam::999988887777:root"})
        )
        self.iam.update_account_password_policy(MinimumPasswordLength=8)
        self.iam.create_user(UserName="mallory")
        self.kms.disable_key_rotation(KeyId=self.key)
        self.trails.stop_logging(Name="main")
        self.s3.put_bucket_versioning(
            Bucket=DATA_BUCKET, VersioningConfiguration={"Status": "Suspended"}
        )
        self.far.delete_public_access_block(Bucket=FAR_BUCKET)
        self.gd.update_detector(DetectorId=self.detector, Enable=False)
        self.moto.state.detected[HOME][0]["Service"]["Archived"] = True
        self.external[0] |= {"status": "RESOLVED", "updatedAt": self.now}
        self.moto.state.root.keys = (True,)
