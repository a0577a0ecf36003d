"""Signing documents and looking at their signatures, from the desk's side.

The work is done by a process of its own (``signing_child``). A password or PIN lives in memory alone, as long as the
caller keeps it; it is never written, neither to a disk nor into a message.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from counter_app.errors import KnownError, UserError
from counter_app.scanning.model import ScanTrouble
from counter_app.scanning.signing_keys import CertificateFacts, KeyPlace, check_usable, facts_of, read_key_file
from counter_app.scanning.signing_mark import Mark
from counter_app.scanning.signing_order import (
    Order,
    SignatureView,
    TokenCertificate,
    unpacked_facts,
    unpacked_view,
)

__all__ = [
    "CertificateFacts",
    "KeyPlace",
    "Mark",
    "Order",
    "SignatureView",
    "TokenCertificate",
    "check_all",
    "check_signatures",
    "is_signed",
    "sign",
    "token_certificates",
    "unlock",
]

_SIGNED: Final = b"/ByteRange"
"""Stands in the open in every signed PDF: a signature names the bytes that it covers (ISO 32000-1, 12.8.1)."""
_CHUNK: Final = 1 << 20
_SIGN_SECONDS: Final = 120
"""Some tokens ask for a touch, or for the PIN at their own keys."""
_CHECK_SECONDS: Final = 60
_GRACE_SECONDS: Final = 10
"""How long a key that has begun to sign may go on when the program ends: what it gives is not to be lost."""
_POLL_SECONDS: Final = 0.2


def unlock(place: KeyPlace, secret: str, moment: datetime, kind: str) -> CertificateFacts:
    """Try password or PIN, once; whose the certificate is.

    Raises UserError for what somebody at the desk can mend (``password_wrong``, ``pin_wrong``, ``pin_locked``,
    ``token_missing``, ``certificate_expired``, ``certificate_kind``, ``key_file_…``), KnownError ``token_…``.
    """
    if place.on_token:
        facts = unpacked_facts(_ask({"action": "look", "place": asdict(place), "secret": secret}, _SIGN_SECONDS))
    else:
        facts = facts_of(read_key_file(Path(place.file), secret).certificate)
    check_usable(facts, moment, kind)
    return facts


def token_certificates(module: Path) -> tuple[TokenCertificate, ...]:
    """What can be chosen on the tokens that are plugged in.

    Raises UserError ``token_missing``, KnownError ``token_driver_missing``, ``token_fault``.
    """
    found = _ask({"action": "list", "module": str(module)}, _SIGN_SECONDS)
    return tuple(TokenCertificate(one["token"], one["label"], unpacked_facts(one["facts"])) for one in found)


def sign(place: KeyPlace, secret: str, fingerprint: str, order: Order, stop: Callable[[], bool] = lambda: False) -> str:
    """Sign as ordered with the certificate that was looked at; ``order.out`` is there whole or not at all.

    Returns what the clerk should know, "" for nothing. Raises as ``unlock``, UserError ``certificate_changed``,
    ``pdf_unsignable``; KnownError for the disk; ScanTrouble ``stopped``. ``order.source`` is only read.
    """
    question = {"action": "sign", "place": asdict(place), "secret": secret, "fingerprint": fingerprint}
    return str(_ask(question | {"order": order.packed()}, _SIGN_SECONDS, stop, _GRACE_SECONDS))


def is_signed(path: Path) -> bool:
    """Whether a PDF has a signature, good or bad; quick, for it is only searched. Raises OSError."""
    kept = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if _SIGNED in kept + chunk:
                return True
            kept = chunk[-len(_SIGNED) :]
    return False


def check_signatures(path: Path, roots: Path | None, now: datetime) -> tuple[SignatureView, ...]:
    """The signatures of one document; see ``check_all``."""
    return check_all([path], roots, now)[0]


def check_all(
    paths: Sequence[Path], roots: Path | None, now: datetime, stop: Callable[[], bool] = lambda: False
) -> tuple[tuple[SignatureView, ...], ...]:
    """The signatures of each document in the order in which they were given; none for a document without.

    ``roots``: the folder of the certificates that the office trusts. Takes a second and up where one is signed.
    Raises KnownError ``signature_unchecked`` when the check itself failed, ``document_unreadable``; ScanTrouble
    ``stopped``.
    """
    signed = [path for path in paths if _has_signature(path)]
    if not signed:
        return ((),) * len(paths)
    found = dict(zip(signed, _check(signed, roots, now, stop), strict=True))
    return tuple(found.get(path, ()) for path in paths)


def _has_signature(path: Path) -> bool:
    try:
        return is_signed(path)
    except OSError as error:
        raise KnownError(
            "document_unreadable",
            f"Không đọc được tệp «{path.name}» để xem chữ ký: {error.strerror}. Hãy thử lại, hoặc gọi quản trị.",
        ) from error


def _check(
    paths: Sequence[Path], roots: Path | None, now: datetime, stop: Callable[[], bool]
) -> list[tuple[SignatureView, ...]]:
    question = {
        "action": "check",
        "files": [str(path.absolute()) for path in paths],
        "roots": str(roots.absolute()) if roots else "",
        "now": now.isoformat(),
    }
    try:
        found = _ask(question, _CHECK_SECONDS, stop)
    except ScanTrouble:
        raise
    except KnownError as error:
        raise KnownError(
            "signature_unchecked",
            "Chưa kiểm tra được chữ ký số của tài liệu này (tệp quá nặng hoặc được làm ra để phá máy). Đừng dựa vào "
            "chữ ký; hãy xin bản khác hoặc kiểm tra bằng phần mềm của nơi cấp.",
        ) from error
    return [tuple(unpacked_view(view) for view in views) for views in found]


def _ask(question: dict[str, Any], seconds: float, stop: Callable[[], bool] = lambda: False, grace: float = 0.0) -> Any:
    """Put a question to the other process. One that ended without an answer was brought down by a library.

    Told to ``stop``, it has ``grace`` seconds to end by itself. Raises ScanTrouble ``stopped`` when it had to be ended.
    """
    # -I: neither the working folder nor the environment brings in modules of their own.
    arguments = [sys.executable, "-I", "-m", "counter_app.scanning.signing_child"]
    try:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        told = _answer(process, json.dumps(question).encode(), seconds, stop, grace)
        answer: dict[str, Any] = json.loads(told)
    except (subprocess.TimeoutExpired, ValueError, OSError):
        # Not as the cause: the question holds the PIN.
        raise KnownError(
            "signing_broken",
            "Phần ký số ngừng đột ngột hoặc không trả lời. Hãy rút USB ký số, cắm lại, rồi thử lại; nếu còn lỗi, gọi "
            "quản trị cập nhật trình điều khiển. Giấy tờ đang chờ ký vẫn còn nguyên.",
        ) from None
    if "found" in answer:
        return answer["found"]
    raise (UserError if answer["trouble"] else KnownError)(answer["kind"], answer["message"])


def _answer(
    process: subprocess.Popen[bytes], question: bytes, seconds: float, stop: Callable[[], bool], grace: float
) -> bytes:
    """What the process said, looking now and then whether it is still wanted."""
    ends_at = monotonic() + seconds
    given: bytes | None = question
    is_told = False
    with process:
        try:
            while True:
                if not is_told and stop():
                    is_told, ends_at = True, min(ends_at, monotonic() + grace)
                left = ends_at - monotonic()
                try:
                    return process.communicate(given, max(0.0, min(_POLL_SECONDS, left)))[0]
                except subprocess.TimeoutExpired:
                    given = None  # it is on its way
                    if left <= 0 and is_told:
                        raise ScanTrouble("stopped", "Đã dừng theo yêu cầu. Giấy tờ đang chờ vẫn còn nguyên.") from None
                    if left <= 0:
                        raise
        finally:
            process.kill()
