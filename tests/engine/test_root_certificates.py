"""The extra root certificates of a machine: which files count, and what is left out."""

from __future__ import annotations

from pathlib import Path

from slipway.engine.root_certificates import as_bundle, extra_roots
from tests.engine.certificates import Authority


def test_each_certificate_is_passed_on_once(tmp_path: Path) -> None:
    one = Authority(tmp_path / "one").certificate.read_text()
    two = Authority(tmp_path / "two").certificate.read_text()
    folder, bundle = tmp_path / "roots", tmp_path / "bundle.pem"
    (folder / "company").mkdir(parents=True)
    (folder / "company" / "proxy.crt").write_text(f"The proxy's root\n{one}")
    (folder / "copy.pem").write_text(one)
    bundle.write_text(one + two)

    found = extra_roots(bundle, [folder, tmp_path / "missing"])

    assert list(found) == [folder / "company" / "proxy.crt", bundle]
    assert as_bundle(found).decode().split() == (one + two).split()


def test_what_is_no_certificate_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n")
    (tmp_path / "broken.crt").write_text("-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n")
    (tmp_path / "binary.crt").write_bytes(bytes(range(256)))
    (tmp_path / "README").write_text("not read")
    (tmp_path / "folder.crt").mkdir()

    assert extra_roots(tmp_path / "absent.pem", [tmp_path]) == {}
    assert extra_roots(None, []) == {}
    assert as_bundle({}) == b""
