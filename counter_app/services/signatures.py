"""Documents signed once: scans by who scanned them, results and electronic copies by the office.

What was signed is on the disk, and its digest in the database, before anybody is given it. Killed in between, the
next attempt takes the signed file up again, and no key signs a second time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.database import storage_told
from counter_app.errors import CounterError, UserError
from counter_app.models import Document, Signature
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.names import fold
from counter_app.services.attach import Attached, attach
from counter_app.services.desk import DeskContext
from counter_app.services.digitising_look import keep_look, look_of
from counter_app.services.offices import office_row
from counter_app.services.signing_keys import UnlockedKey
from counter_app.services.steps import find_dossier
from counter_app.services.viewing import checked_document
from counter_app.whole_files import sync_folder

if TYPE_CHECKING:
    from counter_app.scanning.pdf_build import BuiltPdf
    from counter_app.scanning.signing import Mark, SignatureView

PERSON, OFFICE = "person", "office"
COPY, RESULT = "copy", "result"
SPOOL = "signing"
"""The folder of signed files that are not attached yet, in the data directory."""
SIGNING_TROUBLES: Final = frozenset(
    {"signature_wanted", "signer_differs", "pin_wrong", "pin_locked", "password_wrong", "token_missing"}
)
_SECRET_REFUSED: Final = frozenset({"pin_wrong", "pin_locked", "password_wrong", "certificate_changed"})


@dataclass(frozen=True, slots=True)
class ScanToSign:
    """A scan job as far as signing goes. ``is_result``: a result, which the office may have to sign too."""

    job: int
    scanned_by: str
    is_result: bool

    @property
    def key(self) -> str:
        return f"scan/{self.job}"


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document to be attached: where, its digest, and what the clerk should know."""

    path: Path
    sha256: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class _Signer:
    kind: str
    key: UnlockedKey
    reason: str
    mark: Mark


def signed_scan(
    desk: DeskContext,
    scan: ScanToSign,
    out: Path,
    build: Callable[[bool], BuiltPdf],
    stop: Callable[[], bool] = lambda: False,
) -> MadeDocument:
    """The document of a scan job, signed where somebody can and should; ``out`` is what is to be attached.

    ``build`` makes it into ``out``, told whether to stamp name and time: a visible signature says the same, once.
    Raises UserError ``signature_wanted`` and ``signer_differs`` where a signature is required, and what ``build`` and
    ``scanning.signing.sign`` raise.
    """
    remembered = _remembered(desk, scan.key, out)
    if remembered is not None:
        return remembered
    moment = desk.clock()
    try:
        signers, notices = _signers_of(desk, scan, moment)
    except UserError:
        _want(desk, scan.key)
        raise
    built = build(all(one.kind != PERSON for one in signers))
    if built.notice:
        notices.append(built.notice)
    if not signers:
        return MadeDocument(built.path, built.sha256, " ".join(notices))
    try:
        made = _sign_once(desk, scan.key, built.path, out, signers, moment, stop)
    except CounterError as error:
        if error.kind in SIGNING_TROUBLES:
            _want(desk, scan.key)
        raise
    return MadeDocument(made.path, made.sha256, " ".join(filter(None, (*notices, made.notice))))


def sign_document(desk: DeskContext, code: str, document_id: int, purpose: str) -> Attached:
    """The office signs a document of a dossier; the signed one is attached beside it, the other stays as it is.

    From then on it stands for both: in the rate, for papers used again, and as the result with the number that it had.

    ``purpose``: RESULT for a result, COPY for an electronic copy of a component (Nghị định 45/2020/NĐ-CP art. 10: from
    the original, which whoever signs has compared). Raises UserError ``signature_wanted``, ``already_signed``,
    ``document_unknown``, ``purpose_wrong``; KnownError ``document_unreadable``, ``document_damaged`` for a file that is
    not what was attached; and what ``sign`` and ``attach`` raise.
    """
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        document = session.get(Document, document_id)
        if document is None or document.dossier_id != dossier.id:
            raise UserError("document_unknown", "Không có tài liệu này trong hồ sơ. Hãy mở lại hồ sơ rồi chọn lại.")
        component, result, sha256 = document.component_code, document.result_code, document.sha256
        name, number = document.file_name, dossier.id
        office = office_row(session, desk).name
    if bool(result) != (purpose == RESULT):
        raise UserError("purpose_wrong", "Kết quả thì ký ban hành, thành phần hồ sơ thì ký bản sao. Hãy chọn lại.")
    key = f"{purpose}/{number}/{component or result}/{sha256}"
    folder = desk.directory / SPOOL / hashlib.sha256(key.encode()).hexdigest()[:16]
    out = folder / (name if purpose == RESULT else f"{Path(name).stem}-ban-sao.pdf")
    try:
        made = _remembered(desk, key, out)
        if made is None:
            moment = desk.clock()
            signer = _office_signer(desk, purpose, office, moment)
            # What the office signs is what was attached: a copy, checked, and out of everybody's reach until then.
            source = _given(folder / "given.pdf", checked_document(desk, sha256, name))
            _refuse_repeated(desk, source, signer)
            made = _sign_once(desk, key, source, out, [signer], moment)

        def settle(session: Session) -> None:
            settle_signature(session, key=key, at=desk.clock())
            keep_look(session, made.sha256, look_of(session, sha256))

        done = attach(desk, code, [made.path], component=component, result=result, signed_from=document_id, then=settle)
        forget_signed(desk, key)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    warnings = (*done.warnings, made.notice) if made.notice else done.warnings
    return Attached(done.code, done.documents, warnings)


def signatures_of(
    desk: DeskContext, digests: Collection[str], stop: Callable[[], bool] = lambda: False
) -> dict[str, tuple[SignatureView, ...]]:
    """The signatures of stored documents by digest; takes a second and up where one is signed.

    Raises KnownError ``signature_unchecked``, ``document_unreadable``; ScanTrouble ``stopped``.
    """
    return dict(zip(digests, _signatures(desk, map(desk.documents.path_of, digests), stop), strict=True))


def settle_signature(session: Session, *, key: str, at: datetime) -> None:
    """The signed document is attached, in the same unit of work."""
    row = session.scalar(select(Signature).where(Signature.key == key))
    if row is not None:
        row.attached_at = at


def forget_signed(desk: DeskContext, key: str) -> None:
    """The signed file is in the document store, or nobody wants it any more: the one in the spool goes."""
    _spooled(desk, key).unlink(missing_ok=True)


def waiting_scans(session: Session) -> tuple[int, ...]:
    """Scan jobs that wait for a key to be unlocked."""
    keys = session.scalars(select(Signature.key).where(Signature.sha256 == "", Signature.key.startswith("scan/")))
    return tuple(int(key.removeprefix("scan/")) for key in keys)


def _signers_of(desk: DeskContext, scan: ScanToSign, moment: datetime) -> tuple[list[_Signer], list[str]]:
    """Who signs a scan, the person first, and what is said of those who should and cannot."""
    from counter_app.scanning.signing import Mark

    settings = desk.settings.signing
    signers: list[_Signer] = []
    notices: list[str] = []
    wanted = [PERSON] if settings.person.is_chosen or settings.required else []
    if scan.is_result and settings.office_signs_results:
        wanted.append(OFFICE)
    for kind in wanted:
        try:
            if kind == OFFICE:
                with desk.database.read() as session:
                    office = office_row(session, desk).name
                signers.append(_office_signer(desk, RESULT, office, moment))
            else:
                key = _unlocked(desk, PERSON)
                _check_is_scanner(key, scan.scanned_by)
                lines = (f"Người số hóa: {scan.scanned_by}", f"Thời gian ký: {_shown(moment)}")
                signers.append(_Signer(PERSON, key, "Số hóa giấy tờ", Mark(lines)))
        except UserError as error:
            if settings.required:
                raise
            notices.append(error.message)
    return signers, notices


def _office_signer(desk: DeskContext, purpose: str, office: str, moment: datetime) -> _Signer:
    from counter_app.scanning.signing import Mark

    key = _unlocked(desk, OFFICE)
    title, reason = {
        RESULT: ("", "Kết quả giải quyết thủ tục hành chính"),
        COPY: ("BẢN SAO ĐIỆN TỬ", "Bản sao điện tử từ bản chính"),
    }[purpose]
    lines = (title, f"Cơ quan: {office}", f"Thời gian ký: {_shown(moment)}")
    return _Signer(OFFICE, key, reason, Mark(tuple(filter(None, lines)), right=True))


def _unlocked(desk: DeskContext, kind: str) -> UnlockedKey:
    place = getattr(desk.settings.signing, kind)
    key = desk.keys.find(kind, place)
    if key is None:
        whose = {PERSON: "cá nhân của người số hóa", OFFICE: "của cơ quan"}[kind]
        told = (
            "chưa mở khóa. Hãy nhấn Ctrl+Shift+K để mở khóa."
            if place.is_chosen
            else "chưa chọn. Hãy vào Cài đặt (Ctrl+,), thẻ Ký số, chọn chứng thư và mở khóa."
        )
        raise UserError("signature_wanted", f"Chưa ký số: chứng thư {whose} {told}")
    return key


def _check_is_scanner(key: UnlockedKey, scanned_by: str) -> None:
    """01/2023/TT-VPCP art. 7: whoever scans is who signs."""
    if fold(key.facts.name) != fold(scanned_by):
        raise UserError(
            "signer_differs",
            f"Chưa ký số: chứng thư đang mở là của «{key.facts.name}», mà người số hóa là «{scanned_by}». Hãy mở khóa "
            "chứng thư của người số hóa, hoặc sửa tên cán bộ ở Cài đặt, thẻ Cơ quan, rồi quét tiếp.",
        )


def _signatures(
    desk: DeskContext, paths: Iterable[Path], stop: Callable[[], bool] = lambda: False
) -> tuple[tuple[SignatureView, ...], ...]:
    from counter_app.scanning.signing import check_all

    folder = desk.settings.signing.trust_folder
    return check_all([*paths], Path(folder) if folder else None, desk.clock(), stop)


def _refuse_repeated(desk: DeskContext, source: Path, signer: _Signer) -> None:
    """An office's signature beside the same office's would say nothing more."""
    for view in _signatures(desk, [source])[0]:
        if view.kind == OFFICE and fold(view.who) == fold(signer.key.facts.name):
            raise UserError("already_signed", f"Tài liệu này đã có chữ ký số của «{view.who}». Không cần ký lần nữa.")


def _sign_once(
    desk: DeskContext,
    key: str,
    source: Path,
    out: Path,
    signers: Sequence[_Signer],
    moment: datetime,
    stop: Callable[[], bool] = lambda: False,
) -> MadeDocument:
    """Sign one behind the other, keep the file, remember its digest, and only then give it."""
    spooled = _spooled(desk, key)
    steps = [spooled.with_suffix(f".{number}") for number in range(len(signers))]
    notices: dict[str, None] = {}
    with storage_told(spooled):
        spooled.parent.mkdir(parents=True, exist_ok=True)
        try:
            for signer, step in zip(signers, steps, strict=True):
                notices[_signed(desk, signer, source, step, moment, stop)] = None
                source = step
            os.replace(steps[-1], spooled)
        finally:
            for step in steps:
                step.unlink(missing_ok=True)
        sync_folder(spooled.parent)
        sha256 = _digest(spooled)
    with desk.database.write() as session:
        row = _row(session, key)
        row.sha256, row.signed_at = sha256, moment
        row.signers = [
            {"kind": one.kind, "name": one.key.facts.name, "certificate": one.key.facts.fingerprint} for one in signers
        ]
    _give(spooled, out)
    return MadeDocument(out, sha256, " ".join(filter(None, notices)))


def _signed(
    desk: DeskContext, signer: _Signer, source: Path, out: Path, moment: datetime, stop: Callable[[], bool]
) -> str:
    from counter_app.scanning.signing import KeyPlace, Order, sign

    order = Order(source, out, signer.kind, signer.reason, signer.mark, moment, desk.settings.signing.time_stamp_url)
    try:
        place = KeyPlace(**asdict(signer.key.place))
        return sign(place, signer.key.secret, signer.key.facts.fingerprint, order, stop)
    except UserError as error:
        if error.kind in _SECRET_REFUSED:
            # Never tried again by itself: a token locks itself after a few wrong PINs.
            desk.keys.forget(signer.kind)
        raise


def _remembered(desk: DeskContext, key: str, out: Path) -> MadeDocument | None:
    """What an earlier attempt has signed, copied to ``out``; None when nothing is, or it is not whole any more.

    Raises UserError ``already_signed`` for what was attached long since.
    """
    with desk.database.read() as session:
        row = session.scalar(select(Signature).where(Signature.key == key, Signature.sha256 != ""))
        if row is None:
            return None
        sha256, attached_at = row.sha256, row.attached_at
    spooled = _spooled(desk, key)
    if attached_at is not None:
        raise UserError(
            "already_signed",
            f"Tài liệu này đã ký và đính kèm lúc {_shown(attached_at)}. Không cần ký lần nữa.",
        )
    if not spooled.is_file() or _digest(spooled) != sha256:
        return None
    _give(spooled, out)
    return MadeDocument(out, sha256)


def _given(path: Path, data: bytes) -> Path:
    with storage_told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def _give(spooled: Path, out: Path) -> None:
    with storage_told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(spooled, out)


def _want(desk: DeskContext, key: str) -> None:
    with desk.database.write() as session:
        _row(session, key)


def _row(session: Session, key: str) -> Signature:
    row = session.scalar(select(Signature).where(Signature.key == key))
    if row is None:
        row = Signature(key=key, sha256="", signers=[])
        session.add(row)
    return row


def _spooled(desk: DeskContext, key: str) -> Path:
    return desk.directory / SPOOL / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.pdf"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
