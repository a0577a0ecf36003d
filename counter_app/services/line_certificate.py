"""The portal's certificate: whom we trust, and what one says of itself."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who it is for, who signed it, and until when it holds."""

    subject: str
    issuer: str
    valid_from: datetime
    valid_until: datetime


def trust_store(ca_bundle: Path | None) -> ssl.SSLContext | None:
    """What the syncer trusts: the office's own roots, else the usual ones; None when the file cannot be read.

    ``REQUESTS_CA_BUNDLE`` and ``CURL_CA_BUNDLE`` hold for the syncer's library, so they hold here.
    """
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    usual = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
    roots = Path(ca_bundle or usual)
    try:
        if roots.is_dir():
            return ssl.create_default_context(capath=str(roots))
        return ssl.create_default_context(cafile=str(roots))
    except (OSError, ssl.SSLError):
        return None


def read_certificate(encoded: bytes) -> Certificate | None:
    """Read a certificate in DER; None for what is none."""
    from cryptography import x509

    try:
        found = x509.load_der_x509_certificate(encoded)
        return Certificate(
            subject=found.subject.rfc4514_string(),
            issuer=found.issuer.rfc4514_string(),
            valid_from=found.not_valid_before_utc,
            valid_until=found.not_valid_after_utc,
        )
    except ValueError:
        return None
