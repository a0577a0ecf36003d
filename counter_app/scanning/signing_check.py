"""Signatures of a document looked at: who, when, whether the document is as it was, whether the certificate is known.

Only inside the process that checks (``signing_child``): a file made to bring a reader down ends that process.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import CMSExtractionError, SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from counter_app.scanning.signing_keys import OFFICE, PERSON, CertificateFacts, facts_of
from counter_app.scanning.signing_order import SignatureView
from counter_app.scanning.signing_write import FIELD_NAMES
from printing.wording import local

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIXES: Final = (".pem", ".crt", ".cer", ".der")
UNREADABLE: Final = SignatureView(
    "", "", None, False, False, False, False, "Có chữ ký số nhưng không đọc được: tệp hỏng hoặc ký sai cách."
)
_OWNERS: Final = {PERSON: "chữ ký cá nhân", OFFICE: "chữ ký cơ quan", "": "chữ ký số"}


def signatures_in(path: Path, roots: Sequence[asn1.Certificate], now: datetime) -> list[SignatureView]:
    """The signatures of a PDF in the order in which they were given."""
    with path.open("rb") as file:
        try:
            reader = PdfFileReader(file, strict=False)
            names = {name for name, _value, _reference in enumerate_sig_fields(reader)}
            return [_view(one, roots, names, now) for one in reader.embedded_regular_signatures] or [UNREADABLE]
        except (PdfError, SigningError, ValueError, KeyError, TypeError, IndexError, RecursionError):
            return [UNREADABLE]


def read_roots(folder: Path) -> list[asn1.Certificate]:
    """The certificates that an administrator has put into a folder; a file that is none is passed over."""
    return [certificate for path in sorted(folder.iterdir()) for certificate in _certificates(path)]


def _certificates(path: Path) -> Iterator[asn1.Certificate]:
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        return
    data = path.read_bytes()
    try:
        blocks = [block for _type, _headers, block in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        for block in blocks:
            certificate = asn1.Certificate.load(block, strict=True)
            certificate.native  # noqa: B018 - parsed to its end here, not while a signature is checked
            yield certificate
    except (ValueError, TypeError):
        return


def _view(
    signature: EmbeddedPdfSignature, roots: Sequence[asn1.Certificate], names: set[str], now: datetime
) -> SignatureView:
    try:
        facts = facts_of(x509.load_der_x509_certificate(signature.signer_cert.dump()))
        said = signature.self_reported_timestamp
        status = _status(signature, roots, said or now)
        confirmed = status.timestamp_validity
        is_confirmed = confirmed is not None and confirmed.intact and confirmed.valid and confirmed.trusted
        if is_confirmed and confirmed is not None and confirmed.timestamp != said:
            said = confirmed.timestamp
            status = _status(signature, roots, said)
    except (PdfError, SigningError, CMSExtractionError, ValidationInfoReadingError, ValueError, TypeError, KeyError):
        return UNREADABLE
    kind = facts.kind or _kind_of_field(signature.field_name)
    whole = status.intact and status.valid and _is_whole(status, names)
    holds = facts.holds_at(said or now)
    words = _words(facts, kind, said, whole=whole, holds=holds, trusted=status.trusted, later=_signed_later(status))
    return SignatureView(facts.name, kind, said, is_confirmed, whole, holds, status.trusted, words)


def _status(signature: EmbeddedPdfSignature, roots: Sequence[asn1.Certificate], at: datetime) -> PdfSignatureStatus:
    # Without a line there are no lists of revoked certificates: those that the document brings along count.
    context = ValidationContext(
        trust_roots=list(roots), moment=at, allow_fetching=False, revocation_mode="soft-fail", other_certs=[]
    )
    # Authorities of the state set either use; a certificate for servers alone has neither.
    usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
    return validate_pdf_signature(signature, context, key_usage_settings=usage)


def _is_whole(status: PdfSignatureStatus, signature_fields: set[str]) -> bool:
    """Whether the document is as it was signed, further signatures apart."""
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    changes = status.diff_result
    if status.coverage is not SignatureCoverageLevel.ENTIRE_REVISION or not isinstance(changes, DiffResult):
        return False
    if not status.docmdp_ok or changes.modification_level > ModificationLevel.FORM_FILLING:
        return False
    return changes.changed_form_fields <= signature_fields


def _signed_later(status: PdfSignatureStatus) -> bool:
    return status.coverage is SignatureCoverageLevel.ENTIRE_REVISION


def _kind_of_field(name: str) -> str:
    """A certificate that does not say whose it is: what the program itself signed, by its field."""
    return next((kind for kind, field in FIELD_NAMES.items() if name.rstrip("0123456789") == field), "")


def _words(
    facts: CertificateFacts, kind: str, said: datetime | None, *, whole: bool, holds: bool, trusted: bool, later: bool
) -> str:
    when = f" lúc {local(said):%H:%M %d/%m/%Y}" if said else ""
    if not whole:
        state = "văn bản ĐÃ BỊ SỬA sau khi ký, không dùng được"
    elif not holds:
        state = "còn nguyên vẹn, nhưng chứng thư không có hiệu lực lúc ký"
    elif not trusted:
        state = f"còn nguyên vẹn, nhưng chứng thư không rõ nguồn (nơi cấp: {facts.issuer})"
    else:
        state = "còn nguyên vẹn; sau đó có người ký thêm" if later else "còn nguyên vẹn"
    return f"Đã ký: {facts.name} ({_OWNERS[kind]}){when}; {state}."
