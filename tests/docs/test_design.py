"""The bytes in the design are real: their digests and signatures are what the page says."""

from __future__ import annotations

import base64
import inspect
import json
import re
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.diff.differences import _described
from driftkeeper.domain.canonical import digest, encode
from driftkeeper.domain.chain import entry_digest
from driftkeeper.domain.signing import is_signed_by
from driftkeeper.store import check as store_check
from tests.docs.generate import ROOT
from tests.docs.reading import Block, code_blocks


def _page() -> str:
    return (ROOT / "docs" / "design.md").read_text("utf-8")


def _blocks() -> list[Block]:
    return list(code_blocks(_page()))


def _entry_at() -> int:
    return next(
        at for at, b in enumerate(_blocks()) if b.before.endswith("<!-- journal entry -->\n")
    )


def test_the_body_is_canonical_and_has_the_digest_that_is_told() -> None:
    text = next(block.text for block in _blocks() if block.language == "json")
    assert encode(json.loads(text)).decode() == text
    told = re.search(r"Its digest is `([0-9a-f]{64})`", _page())
    assert told
    assert told[1] == digest(text.encode())


def test_the_path_of_a_rule_is_as_told() -> None:
    config = json.loads(next(block.text for block in _blocks() if block.language == "json"))
    keyed = evidence_types()["ec2.security_group"].shape.keyed(config)
    paths = ["/".join(path) for path, *_ in _described(keyed, {**keyed, "IpPermissions": {}})]
    assert paths == ["IpPermissions/tcp/443/0.0.0.0/0"]
    assert f"`{paths[0]}`" in _page()


def test_the_journal_entry_has_the_digest_and_the_signature_that_are_told() -> None:
    entry, told, signature, key = (block.text for block in _blocks()[_entry_at() :][:4])
    fields = json.loads(entry)
    assert encode(fields).decode() == entry
    assert digest(entry.encode()) == told
    at = datetime.fromisoformat(fields.pop("at"))
    assert entry_digest(at=at, **fields) == told
    public = load_pem_public_key(key.encode())
    assert isinstance(public, Ed25519PublicKey)
    assert is_signed_by(public.public_bytes_raw(), told, signature)
    assert len(base64.b64decode(signature)) == 64
    assert f"printf %s {told} > digest" in _page()


def test_the_checklist_is_numbered_as_in_the_code() -> None:
    paragraph = _page().split("`driftkeeper check` goes the whole way")[1].split("\n\n")[0]
    source = inspect.getsource(store_check)
    assert re.findall(r"\((\d+)\)", paragraph) == re.findall(r"# \((\d+)\)", source)
