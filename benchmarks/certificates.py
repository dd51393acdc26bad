"""A certificate authority for one run, and the file of authorities that everybody is given."""

from __future__ import annotations

from pathlib import Path

from .server import HOST


def make(folder: Path) -> tuple[Path, Path]:
    """The server's key and certificate, and the authorities: certifi's and the one made here.

    The usual ones are in it because loading them is a part of what a new connection costs.
    """
    import certifi
    import trustme

    authority = trustme.CA()
    server = folder / "server.pem"
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(server)
    trusted = folder / "authorities.pem"
    usual = Path(certifi.where()).read_bytes()
    trusted.write_bytes(usual + b"\n" + authority.cert_pem.bytes())
    return server, trusted
