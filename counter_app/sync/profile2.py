"""The adapter to a portal of profile 2 (portal-profile-2.md): thin, and clear on anything unexpected.

The messages of the outbox are those of profile 1; they are translated when they are sent. The portal gives the
codes and knows no idempotency keys: a code is asked for and written down before the create that bears it, so that
whatever breaks, the portal can be asked for that code and a dossier is never created twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from counter_app.sync import uploads
from counter_app.sync.client import (
    DONE_CODES,
    NOT_FOUND_CODE,
    UNANSWERED,
    Answered,
    DocumentDamaged,
    DocumentFile,
    Exchange,
    FeedPage,
    ItemAnswer,
    PortalDossier,
    Refused,
    SignInNeeded,
    TransientTrouble,
    UploadPlace,
    not_sent,
    protocol_trouble,
)
from counter_app.sync.http import Stream
from counter_app.sync.pace import Pace, PacedBlocks, StoppedError
from counter_app.sync.profile2_book import FILE_MARK, PortalBook, PortalName
from counter_app.sync.profile2_calls import Calls, Profile2Settings
from counter_app.sync.profile2_form import FileForm
from counter_app.sync.profile2_wire import (
    NotOffered,
    create_body,
    portal_dossier,
    progress_entry,
    status_entries,
    unreadable,
)

LONGEST_CODE: Final = 64

_DONE: Final = min(DONE_CODES)

_NOT_HERE = "Cổng này chưa có hồ sơ. Chương trình sẽ gửi hồ sơ trước; nếu lặp lại, báo quản trị cổng kèm mã hồ sơ."
_NO_RECORD_ID = (
    "Cổng không cho biết IdHoSo của hồ sơ này nên không cập nhật được. Báo quản trị cổng kèm mã hồ sơ, rồi gửi lại."
)
_OTHER_FILE = "Tệp đến cổng không khớp mã kiểm tra SHA-256. Chương trình sẽ gửi lại từ đầu."
_TOO_LATE = (
    "Hồ sơ đã có trên cổng, mà cổng này chỉ nhận giấy tờ cùng lúc với hồ sơ. Giấy tờ vẫn được giữ ở quầy; chuyển cho "
    "đơn vị xử lý bằng cách khác nếu cần."
)
_NO_CATALOGUE = "Cổng này không cung cấp danh mục thủ tục. Nạp danh mục từ tệp ở trang Cài đặt, mục Danh mục."
_NO_DOWNLOAD = "Cổng này không cho tải tệp về. Mở hồ sơ trên trang của cổng để xem tệp."


class Profile2Client:
    """A portal of profile 2; see :class:`counter_app.sync.client.PortalClient` for what each call does."""

    documents_first: Final = True
    """Only the create names documents: it waits for those of its dossier that are on their way."""

    def __init__(
        self,
        settings: Profile2Settings,
        book: PortalBook,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._office_id = settings.office_id
        self._book = book
        self._calls = Calls(settings, now=now, monotonic=monotonic)
        self._monotonic = monotonic
        self._pace = Pace()

    @property
    def clock_skew(self) -> timedelta | None:
        """The portal's clock (header ``Date``) minus ours."""
        return self._calls.clock_skew

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The newest calls and answers."""
        return self._calls.exchanges

    def sign_in(self) -> None:
        """Get a new token: tells whether address, certificate, client and secret hold."""
        self._calls.sign_in()

    def send_dossiers(self, payloads: Sequence[bytes], *, updating: bool, key: UUID) -> Answered:
        """/dossiers for each new dossier, /status for updates; the portal knows no keys."""
        records = [json.loads(payload) for payload in payloads]
        if updating:
            return self._send_known("/status", records, status_entries)
        return self._one_by_one(records)

    def send_steps(self, payloads: Sequence[bytes], *, key: UUID) -> Answered:
        """/progress; the portal knows no keys."""
        return self._send_known(
            "/progress",
            [json.loads(payload) for payload in payloads],
            lambda step, name: [progress_entry(step, name)],
        )

    def look_up(self, codes: Sequence[str]) -> dict[str, PortalDossier]:
        """/lookup for each dossier that has a code of the portal; one without has never been sent there."""
        found: dict[str, PortalDossier] = {}
        for code in codes:
            name = self._book.name_of(code)
            record = self._found(name) if name.code else None
            if record is not None:
                found[code] = portal_dossier(code, record)
                self._keep_record_id(code, name, record)
        return found

    def changes(self, cursor: str, limit: int) -> FeedPage:
        """Nothing new, ever: the profile has no feed. A token is asked for, so that the light tells the truth."""
        self.sign_in()
        return FeedPage((), cursor, False)

    def procedures(self, page: str) -> tuple[tuple[Mapping[str, Any], ...], str]:
        """Not offered."""
        raise NotOffered(_NO_CATALOGUE)

    def procedure(self, code: str) -> Mapping[str, Any] | None:
        """Not offered."""
        raise NotOffered(_NO_CATALOGUE)

    def download(self, url: str, target: Path, sha256: str, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Not offered."""
        raise NotOffered(_NO_DOWNLOAD)

    def begin_upload(self, document: DocumentFile) -> UploadPlace:
        """Nothing is announced here: /files takes the whole file at once."""
        return UploadPlace()

    def upload(
        self,
        document: DocumentFile,
        place: UploadPlace,
        remember: Callable[[UploadPlace], None],
        go_on: Callable[[int], bool],
    ) -> str | None:
        """/files, the whole file at once: a cut upload begins anew, and leaves at worst a file that nobody names.

        What comes back stands for the address: FILE_MARK and IdTepTin. NotOffered for a paper that no create
        can name any more.
        """
        with uploads.opened(document) as stream:
            uploads.verify(stream, document)
            if self._book.comes_too_late(document.dossier_code, document.sha256):
                raise NotOffered(_TOO_LATE)
            if place.url is not None and place.url.startswith(FILE_MARK):
                # It came through, digest and all, and the program ended before that was written down as done.
                return place.url
            form = FileForm(stream, file_name=document.file_name, size=document.size, sha256=document.sha256)
            answer = self._send_form(form, document, go_on)
            if answer is None:
                return None
        url = FILE_MARK + _file_id(answer.get("data"), document.sha256)
        remember(UploadPlace(url, document.size))
        return url

    def _send_form(self, form: FileForm, document: DocumentFile, go_on: Callable[[int], bool]) -> dict[str, Any] | None:
        """Send the file in blocks, asking before each; None when told to stop."""
        blocks = PacedBlocks(self._pace, lambda sent: go_on(form.file_bytes(sent)), self._monotonic)
        body = Stream(cast(BinaryIO, form), 0, len(form), blocks.before)
        try:
            answer = self._calls.post("/files", {"Content-Type": form.content_type}, body)
        except StoppedError:
            return None
        except OSError as error:
            raise DocumentDamaged(uploads.GONE, sha256=document.sha256) from error
        blocks.took(document.size)
        return answer

    def close(self) -> None:
        """Close the connections and forget the token."""
        self._calls.close()

    def _one_by_one(self, records: Sequence[Mapping[str, Any]]) -> Answered:
        """Create dossiers; what is certain of the first ones stays so when the line fails at a later one."""
        items: list[ItemAnswer] = []
        for record in records:
            code = str(record["MaHoSo"])
            try:
                self._create(code, record)
                items.append(ItemAnswer(code, _DONE))
            except Refused as refusal:
                items.append(_refused(code, refusal))
            except (TransientTrouble, SignInNeeded):
                if not items:
                    raise
                items += [ItemAnswer(str(one["MaHoSo"]), UNANSWERED) for one in records[len(items) :]]
                break
        return Answered(tuple(items))

    def _create(self, code: str, record: Mapping[str, Any]) -> None:
        """Make the dossier known, unless the portal has answered for it before."""
        name = self._book.name_of(code)
        if name.record_id:
            return
        portal_code = name.code or self._book.keep_code(code, self._next_value(record["MaTTHC"]))
        body = create_body(record, portal_code, self._book.filing(code), self._office_id)
        data = self._calls.call("/dossiers", body).get("data")
        record_id = _record_id(data)
        if not record_id:
            raise protocol_trouble()
        self._book.keep_record_id(code, record_id)

    def _next_value(self, procedure: str) -> str:
        """Ask for a code. One that is never used does no harm, so whatever fails here, nothing was done."""
        try:
            answer = self._calls.call("/next-value", {"MaTTHC": procedure})
        except TransientTrouble as trouble:
            raise not_sent(trouble) from trouble
        data = answer.get("data")
        value = (data if isinstance(data, dict) else answer).get("value")
        if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > LONGEST_CODE:
            raise unreadable("value")
        return value.strip()

    def _send_known(
        self,
        path: str,
        records: Sequence[Mapping[str, Any]],
        entries_of: Callable[[Mapping[str, Any], PortalName], list[dict[str, Any]]],
    ) -> Answered:
        """Tell of dossiers that the portal has, all in one call; what cannot be told is answered item by item."""
        items: dict[int, ItemAnswer] = {}
        entries: list[dict[str, Any]] = []
        for place, record in enumerate(records):
            code = str(record["MaHoSo"])
            try:
                name = self._known(code)
                if name is None:
                    items[place] = ItemAnswer(code, NOT_FOUND_CODE, _NOT_HERE)
                else:
                    entries += entries_of(record, name)
            except Refused as refusal:
                items[place] = _refused(code, refusal)
        if entries:
            self._tell(path, entries, alone=len(records) - len(items) == 1, items=items, records=records)
        return Answered(
            tuple(items.get(place, ItemAnswer(str(record["MaHoSo"]), _DONE)) for place, record in enumerate(records))
        )

    def _tell(
        self,
        path: str,
        entries: list[dict[str, Any]],
        *,
        alone: bool,
        items: dict[int, ItemAnswer],
        records: Sequence[Mapping[str, Any]],
    ) -> None:
        """Make the call. A refusal of several is passed on, since the portal does not say which one it means."""
        try:
            self._calls.call(path, entries)
        except Refused as refusal:
            if not alone:
                raise
            place = next(place for place in range(len(records)) if place not in items)
            items[place] = _refused(str(records[place]["MaHoSo"]), refusal)

    def _known(self, code: str) -> PortalName | None:
        """Return the names of a dossier that the portal has, None where it has none.

        IdHoSo is asked for where the answer to the create was lost. Refused where the portal does not tell it.
        """
        name = self._book.name_of(code)
        if not name.code or name.record_id:
            return name if name.code else None
        try:
            record = self._found(name)
        except TransientTrouble as trouble:
            raise not_sent(trouble) from trouble
        if record is None:
            return None
        kept = self._keep_record_id(code, name, record)
        if not kept.record_id:
            raise Refused("record_id_unknown", _NO_RECORD_ID, field="IdHoSo")
        return kept

    def _found(self, name: PortalName) -> dict[str, Any] | None:
        data = self._calls.call("/lookup", {"MaHoSo": name.code}).get("data")
        if data is None:
            return None
        if not isinstance(data, dict) or data.get("MaHoSo", name.code) != name.code:
            raise unreadable("MaHoSo")
        return data

    def _keep_record_id(self, code: str, name: PortalName, record: Mapping[str, Any]) -> PortalName:
        record_id = name.record_id or _record_id(record)
        if record_id and not name.record_id:
            self._book.keep_record_id(code, record_id)
        return PortalName(name.code, record_id)


def _record_id(data: object) -> str:
    """IdHoSo as text; "" where there is none."""
    found = data.get("IdHoSo") if isinstance(data, dict) else None
    return str(found) if isinstance(found, int | str) and not isinstance(found, bool) else ""


def _file_id(data: object, sha256: str) -> str:
    """IdTepTin of the one file sent; TransientTrouble when the portal has got another file."""
    entry = data[0] if isinstance(data, list) and len(data) == 1 else None
    found = entry.get("IdTepTin") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or isinstance(found, bool) or not isinstance(found, int | str) or found == "":
        raise protocol_trouble()
    if entry.get("HashTepTin") != sha256.lower():
        raise TransientTrouble("upload_digest", _OTHER_FILE, seen=True)
    return str(found)


def _refused(code: str, refusal: Refused) -> ItemAnswer:
    return ItemAnswer(code, refusal.code, refusal.reason, refusal.field)
