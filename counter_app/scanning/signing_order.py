"""What is asked of the process that signs and checks, and its answers, as they go to and fro in JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from counter_app.scanning.signing_keys import CertificateFacts
from counter_app.scanning.signing_mark import Mark


@dataclass(frozen=True, slots=True)
class Order:
    """A document to be signed. ``kind``: person or office; ``moment``: when, as the mark and the signature say.

    ``time_stamp_url``: a server (RFC 3161) that confirms the time; "" for none.
    """

    source: Path
    out: Path
    kind: str
    reason: str
    mark: Mark
    moment: datetime
    time_stamp_url: str = ""

    def packed(self) -> dict[str, Any]:
        return asdict(self) | {"source": str(self.source), "out": str(self.out), "moment": self.moment.isoformat()}

    @classmethod
    def unpacked(cls, values: dict[str, Any]) -> Order:
        return cls(
            **values
            | {
                "source": Path(values["source"]),
                "out": Path(values["out"]),
                "moment": datetime.fromisoformat(values["moment"]),
                "mark": Mark(tuple(values["mark"]["lines"]), values["mark"]["right"]),
            }
        )


@dataclass(frozen=True, slots=True)
class TokenCertificate:
    """A certificate that lies on a token beside its key, and the names by which it is chosen."""

    token: str
    label: str
    facts: CertificateFacts


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature in a document. ``kind``: person, office or "" (not known); ``at``: None when it does not say.

    ``whole_document``: nothing was changed since it was given, other than further signatures. ``certificate_valid``:
    the certificate held at that moment. ``trusted``: it comes from one of the roots that the office trusts.
    """

    who: str
    kind: str
    at: datetime | None
    is_time_confirmed: bool
    whole_document: bool
    certificate_valid: bool
    trusted: bool
    words: str

    @property
    def is_good(self) -> bool:
        return self.whole_document and self.certificate_valid and self.trusted


def packed_facts(facts: CertificateFacts) -> dict[str, Any]:
    """Certificate facts for JSON."""
    return asdict(facts) | {"valid_from": facts.valid_from.isoformat(), "valid_until": facts.valid_until.isoformat()}


def unpacked_facts(values: dict[str, Any]) -> CertificateFacts:
    """And back."""
    return CertificateFacts(
        **values
        | {
            "valid_from": datetime.fromisoformat(values["valid_from"]),
            "valid_until": datetime.fromisoformat(values["valid_until"]),
        }
    )


def packed_view(view: SignatureView) -> dict[str, Any]:
    """A signature for JSON."""
    return asdict(view) | {"at": view.at and view.at.isoformat()}


def unpacked_view(values: dict[str, Any]) -> SignatureView:
    """And back."""
    return SignatureView(**values | {"at": datetime.fromisoformat(values["at"]) if values["at"] else None})
