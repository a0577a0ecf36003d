"""The lane of documents: uploaded behind the records and steps, resumed across cuts and restarts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from counter_app.models import Document
from counter_app.sync import outbox
from counter_app.sync.backoff import MESSAGE, Random
from counter_app.sync.client import (
    DocumentDamaged,
    DocumentFile,
    PortalClient,
    Refused,
    SignInNeeded,
    TransientTrouble,
    UploadPlace,
)
from counter_app.sync.outbox import Outgoing
from counter_app.sync.verdicts import Verdict

_RECORD_GONE: Final = "Không còn thông tin của tệp này trong dữ liệu của quầy. Quét lại giấy tờ rồi gửi lại."


class DocumentLane:
    """Sends documents one at a time, stepping aside between chunks when a record or step waits."""

    def __init__(
        self,
        work: Callable[[], AbstractContextManager[Session]],
        client: PortalClient,
        document_path: Callable[[str], Path],
        queue_naming: Callable[[Session, int, datetime], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._work = work
        self._client = client
        self._document_path = document_path
        self._queue_naming = queue_naming
        self._clock = clock

    def send_one(self, stop: Callable[[], bool], sending: Callable[[str], None], random: Random) -> Verdict | None:
        """Bring one document on its way; None when none is due. Trouble of the line is passed on."""
        with self._work() as session:
            message = outbox.next_upload(session, self._clock())
            if message is None:
                return None
            row = session.get(Document, message.document_id) if message.document_id is not None else None
            if row is None:
                outbox.mark_needs_attention(session, message, reason=_RECORD_GONE, code="document_unknown")
                return Verdict(refused=True)
            document = DocumentFile(self._document_path(row.sha256), row.file_name, row.size, row.sha256)
            place = UploadPlace(row.upload_url, row.upload_offset)
            outbox.mark_sending(session, [message])
        sending(f"Gửi giấy tờ {document.file_name} của hồ sơ {message.dossier_code}")
        return self._send(message, document, place, stop, random)

    def _send(
        self,
        message: Outgoing,
        document: DocumentFile,
        place: UploadPlace,
        stop: Callable[[], bool],
        random: Random,
    ) -> Verdict:
        reached = place

        def remember(new: UploadPlace) -> None:
            nonlocal reached
            reached = new
            with self._work() as session:
                _row(session, message).upload_url = new.url
                _row(session, message).upload_offset = new.offset

        def go_on() -> bool:
            if stop():
                return False
            with self._work() as session:
                return not outbox.records_wait(session, self._clock())

        try:
            url = self._client.upload(document, place, remember, go_on)
        except (DocumentDamaged, Refused) as refusal:
            with self._work() as session:
                code = refusal.code if isinstance(refusal, Refused) else refusal.kind
                outbox.mark_needs_attention(session, message, reason=refusal.reason, code=code)
            return Verdict(refused=True)
        except TransientTrouble as trouble:
            # A document that got on is not at fault; one that does not lets others go first.
            stuck = trouble.seen and reached == place
            wait = MESSAGE.wait(message.attempts + 1, random) if stuck else timedelta(0)
            with self._work() as session:
                outbox.mark_waiting(session, message, self._clock() + wait, reason=trouble.reason, answered=stuck)
            raise
        except SignInNeeded:
            with self._work() as session:
                outbox.mark_waiting(session, message, self._clock())
            raise
        return self._finish(message, url)

    def _finish(self, message: Outgoing, url: str | None) -> Verdict:
        with self._work() as session:
            now = self._clock()
            if url is None:
                outbox.mark_waiting(session, message, now)
                return Verdict()
            row = _row(session, message)
            row.upload_url, row.upload_offset, row.uploaded_at = url, row.size, now
            session.flush()
            outbox.mark_done(session, message, now)
            self._queue_naming(session, message.dossier_id, now)
        return Verdict(done=True)


def _row(session: Session, message: Outgoing) -> Document:
    row = session.get(Document, message.document_id)
    assert row is not None, "a dossier's documents are never deleted"
    return row
