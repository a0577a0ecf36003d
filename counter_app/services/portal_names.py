"""The desk's memory of what a portal with codes of its own calls its dossiers (``PortalBook`` of profile 2)."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from counter_app.database import Database
from counter_app.models import Document, Dossier, OutboxMessage
from counter_app.services.outgoing import KIND
from counter_app.services.search_text import search_text
from counter_app.sync.client import Refused
from counter_app.sync.messages import MessageKind
from counter_app.sync.outbox import MessageState
from counter_app.sync.profile2_book import FILE_MARK, FiledComponent, FiledPaper, Filing, PortalName

_REPEATED = (
    "Cổng cấp cho hồ sơ này mã «{code}» đã thuộc một hồ sơ khác của quầy nên chưa gửi. Giấy hẹn đã giao vẫn có giá "
    "trị; báo quản trị cổng, rồi gửi lại để xin mã khác."
)

_NOT_OURS = (
    "Hồ sơ này không có trong dữ liệu của quầy nên không xin được mã của cổng cho nó. Gửi hồ sơ từ chính quầy đã nhận."
)


class PortalNames:
    """See :class:`counter_app.sync.profile2_book.PortalBook`; each method is a unit of work of its own.

    Raises Refused ``dossier_elsewhere`` for the dossier of another desk: its names are written down there.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def name_of(self, code: str) -> PortalName:
        with self._database.read() as session:
            dossier = _dossier(session, code)
            return PortalName(dossier.portal_code or "", dossier.portal_record_id or "")

    def keep_code(self, code: str, portal_code: str) -> str:
        """From this moment the dossier is found by either code."""
        with self._database.write() as session:
            dossier = _dossier(session, code)
            if dossier.portal_code is None:
                _check_free(session, dossier, portal_code)
                dossier.portal_code = portal_code
                dossier.search_text = search_text(dossier)
            return dossier.portal_code

    def keep_record_id(self, code: str, record_id: str) -> None:
        with self._database.write() as session:
            _dossier(session, code).portal_record_id = record_id

    def filing(self, code: str) -> Filing:
        with self._database.read() as session:
            dossier = _dossier(session, code)
            submitter = dossier.submitter or dossier.applicant
            return Filing(
                submitter_name=submitter.name,
                submitter_kind=KIND[submitter.kind],
                components=tuple(
                    FiledComponent(item.code, item.name, item.originals, item.copies) for item in dossier.components
                ),
                papers=tuple(paper for item in dossier.documents if (paper := _filed(item)) is not None),
            )

    def comes_too_late(self, code: str, sha256: str) -> bool:
        """The dossier does not wait for it, neither as a result nor for a create that is still to come."""
        created = exists().where(
            OutboxMessage.dossier_id == Document.dossier_id,
            OutboxMessage.kind == MessageKind.CREATE,
            OutboxMessage.state == MessageState.DONE,
        )
        wanted = (
            select(Document.id)
            .join(Dossier, Dossier.id == Document.dossier_id)
            .where(
                Dossier.code == code,
                Document.sha256 == sha256,
                Document.uploaded_at.is_(None),
                or_(Document.result_code != "", ~created),
            )
        )
        with self._database.read() as session:
            return session.scalar(wanted.limit(1)) is None


def _dossier(session: Session, code: str) -> Dossier:
    found = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
    if found is None:
        raise Refused("dossier_elsewhere", _NOT_OURS, dossier_code=code)
    return found


def _check_free(session: Session, dossier: Dossier, portal_code: str) -> None:
    same = or_(Dossier.portal_code == portal_code, Dossier.code == portal_code)
    if session.scalar(select(Dossier.id).where(same, Dossier.id != dossier.id).limit(1)) is not None:
        raise Refused("portal_code_repeated", _REPEATED.format(code=portal_code), field="MaHoSo")


def _filed(document: Document) -> FiledPaper | None:
    """A component's document as this portal holds it; None for a result, or where the portal does not have it."""
    url = document.upload_url or ""
    if document.result_code or document.uploaded_at is None or not url.startswith(FILE_MARK):
        return None
    return FiledPaper(document.component_code, document.file_name, url.removeprefix(FILE_MARK), document.sha256.lower())
