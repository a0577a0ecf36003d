"""Documents to the portal by tus 1.0.0 (portal-protocol.md section 4).

The portal's offset is the truth: after any cut, time-out or restart it is asked (``HEAD``) and the upload
goes on from the last byte that it holds; where something between holds a cut PATCH back, it costs that PATCH at
most. What the portal forgot starts over, and what it found damaged goes again in short pieces, each with its
checksum.
"""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Callable
from datetime import datetime
from io import BufferedReader
from typing import Final

from counter_app.sync.client import DocumentDamaged, DocumentFile, Refused, TransientTrouble, UploadPlace
from counter_app.sync.downloads import FileRequest, kept_address, own_address
from counter_app.sync.http import HttpAnswer, Stream, status_trouble
from counter_app.sync.pace import Pace, PacedBlocks, StoppedError

CHECKED_BYTES: Final = 256 * 1024
"""Bytes of one PATCH with a checksum of its own: of such a one the portal keeps nothing that was cut."""
MAX_STARTS: Final = 3
"""Times that one attempt begins a file anew before it leaves the rest to a later attempt."""
MAX_REPEATS: Final = 3
"""Times that one chunk is sent again within one attempt when its checksum does not agree."""

_TUS: Final = {"Tus-Resumable": "1.0.0"}
_CHECKSUM_MISMATCH: Final = 460
_FORGOTTEN: Final = frozenset({404, 410})
_REFUSING: Final = frozenset({400, 403, 412, 413, 415})

GONE = "Không tìm thấy tệp đã lưu. Khôi phục tệp từ bản sao lưu hoặc quét lại giấy tờ, rồi gửi lại."
_CHANGED = (
    "Tệp đã lưu không còn nguyên vẹn (khác dung lượng hoặc mã kiểm tra), có thể do mất điện. Không gửi tệp hỏng: "
    "khôi phục từ bản sao lưu hoặc quét lại giấy tờ, rồi gửi lại."
)
_REFUSED = "Cổng không nhận tệp này (HTTP {status}). Kiểm tra loại và dung lượng tệp, rồi quét lại hoặc báo quản trị."
_PROTOCOL = "Cổng trả lời không đúng quy ước tải tệp. Chương trình sẽ tự thử lại; nếu lặp lại, báo quản trị cổng."
_DIGEST = "Tệp đến cổng không khớp mã kiểm tra sau nhiều lần gửi. Chương trình sẽ gửi lại từ đầu."


class Uploader:
    """Sends files through one portal's ``/files``; several threads may use it, a file each."""

    def __init__(
        self,
        files_url: str,
        request: FileRequest,
        *,
        office_id: str,
        now: Callable[[], datetime],
        pace: Pace | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files_url = files_url
        self._request = request
        self._office_id = office_id
        self._now = now
        self._pace = pace or Pace()
        self._monotonic = monotonic
        self._cut: dict[str, tuple[int, int]] = {}
        """Where a PATCH that was cut began, and how far it had come, by the upload's address."""

    def begin(self, document: DocumentFile) -> UploadPlace:
        """Announce a document to the portal; no byte of it goes yet. Raises as :meth:`send` does.

        Its digest is checked when it is sent: a damaged file leaves an empty upload that the portal forgets.
        """
        with opened(document) as stream:
            _verify_size(stream, document)
        return UploadPlace(self._create(document), is_new=True)

    def send(
        self,
        document: DocumentFile,
        place: UploadPlace,
        remember: Callable[[UploadPlace], None],
        go_on: Callable[[int], bool],
    ) -> str | None:
        """Bring the document to the portal and return its address; None when ``go_on`` said stop.

        The file is checked against its record before a byte goes, and read through the same handle. Raises
        DocumentDamaged, TransientTrouble, Refused or SignInNeeded.
        """
        with opened(document) as stream:
            verify(stream, document)
            for start in range(MAX_STARTS):
                place = self._located(document, place, remember)
                try:
                    outcome = self._send_from(stream, document, place, remember, go_on, is_checked=start > 0)
                except OSError as error:
                    raise DocumentDamaged(GONE, sha256=document.sha256) from error
                if outcome is not None:
                    return outcome.url if outcome.offset == document.size else None
                place = UploadPlace()
                remember(place)
        raise TransientTrouble("upload_digest", _DIGEST, seen=True)

    def _located(
        self, document: DocumentFile, place: UploadPlace, remember: Callable[[UploadPlace], None]
    ) -> UploadPlace:
        """Return where the upload stands at the portal, beginning it where there is none.

        Where the portal's address has changed since, the same place is looked for under the new one.
        """
        if place.is_new:
            return place
        if place.url is not None:
            url = kept_address(self._files_url, place.url)
            offset = self._offset(url, document.size)
            cut_from, sent = self._cut.pop(place.url, (0, 0))
            if offset is not None:
                if sent and offset <= cut_from:
                    self._pace.lost(sent)
                held = UploadPlace(url, offset)
                if held != place:
                    remember(held)
                return held
        begun = UploadPlace(self._create(document), 0)
        remember(begun)
        return begun

    def _create(self, document: DocumentFile) -> str:
        metadata = {"filename": document.file_name, "sha256": document.sha256, "madonvi": self._office_id}
        headers = {
            **_TUS,
            "Upload-Length": str(document.size),
            "Upload-Metadata": ",".join(f"{name} {_base64(text.encode())}" for name, text in metadata.items()),
        }
        answer = self._request("POST", self._files_url, headers, b"")
        if answer.status != 201:
            raise self._trouble(answer)
        location = answer.headers.get("Location", "")
        if not location:
            raise TransientTrouble("portal_protocol", _PROTOCOL, seen=True)
        return own_address(self._files_url, location)

    def _offset(self, url: str, size: int) -> int | None:
        """Ask how many bytes the portal holds; None when it forgot the upload or it is of another length."""
        answer = self._request("HEAD", own_address(self._files_url, url), _TUS, None)
        if answer.status in _FORGOTTEN:
            return None
        if answer.status not in {200, 204}:
            raise self._trouble(answer)
        offset = _number(answer.headers.get("Upload-Offset", ""))
        length = _number(answer.headers.get("Upload-Length", str(size)))
        if offset is None:
            raise TransientTrouble("portal_protocol", _PROTOCOL, seen=True)
        return offset if length == size and offset <= size else None

    def _send_from(
        self,
        stream: BufferedReader,
        document: DocumentFile,
        place: UploadPlace,
        remember: Callable[[UploadPlace], None],
        go_on: Callable[[int], bool],
        *,
        is_checked: bool,
    ) -> UploadPlace | None:
        """Send from ``place`` to the end, or until ``go_on`` says stop; None: it has to start over."""
        assert place.url is not None
        repeats = 0
        while place.offset < document.size:
            length = min(CHECKED_BYTES, document.size - place.offset) if is_checked else document.size - place.offset
            length = min(length, self._pace.patch_bytes())
            try:
                answer = self._patch(stream, place.url, place.offset, length, go_on, is_checked=is_checked)
            except StoppedError:
                return place
            if answer.status in _FORGOTTEN:
                return None
            reached: int | None
            if answer.status == 204:
                reached = _number(answer.headers.get("Upload-Offset", ""))
            elif answer.status in {409, _CHECKSUM_MISMATCH}:
                repeats += 1
                # On the last piece 460 may be the digest of the whole, which no repeat of the piece mends.
                ended = place.offset + length == document.size
                if repeats >= MAX_REPEATS or (ended and answer.status == _CHECKSUM_MISMATCH and repeats > 1):
                    return None
                reached = self._offset(place.url, document.size)
            else:
                raise self._trouble(answer)
            if reached is None or reached > document.size:
                return None
            if reached > place.offset:
                repeats = 0
            place = UploadPlace(place.url, reached)
            if reached < document.size:
                # The end is told by what this returns.
                remember(place)
        return place

    def _patch(
        self,
        stream: BufferedReader,
        url: str,
        offset: int,
        length: int,
        go_on: Callable[[int], bool],
        *,
        is_checked: bool,
    ) -> HttpAnswer:
        """Send one piece in blocks, asking before each; raises StoppedError when told to stop."""
        headers = {
            **_TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
        }
        if is_checked:
            stream.seek(offset)
            # SHA-1 is the one algorithm that tus asks every server to know.
            checksum = hashlib.sha1(stream.read(length), usedforsecurity=False).digest()
            headers["Upload-Checksum"] = f"sha1 {_base64(checksum)}"
        blocks = PacedBlocks(self._pace, lambda sent: go_on(offset + sent), self._monotonic)
        body = Stream(stream, offset, length, blocks.before)
        try:
            answer = self._request("PATCH", own_address(self._files_url, url), headers, body)
        except TransientTrouble:
            self._cut[url] = (offset, body.sent)
            raise
        if answer.status == 204:
            blocks.took(length)
        return answer

    def _trouble(self, answer: HttpAnswer) -> TransientTrouble | Refused:
        if answer.status in _REFUSING:
            return Refused(f"http_{answer.status}", _REFUSED.format(status=answer.status))
        return status_trouble(answer, self._now())


def opened(document: DocumentFile) -> BufferedReader:
    """Open a stored file; raises DocumentDamaged when it is gone."""
    try:
        return document.path.open("rb")
    except OSError as error:
        raise DocumentDamaged(GONE, sha256=document.sha256) from error


def verify(stream: BufferedReader, document: DocumentFile) -> None:
    """Refuse a file that is not what the record says: it would replace a good one at the portal."""
    _verify_size(stream, document)
    if hashlib.file_digest(stream, "sha256").hexdigest() != document.sha256.lower():
        raise DocumentDamaged(_CHANGED, sha256=document.sha256)


def _verify_size(stream: BufferedReader, document: DocumentFile) -> None:
    size = os.fstat(stream.fileno()).st_size
    if size == 0 or size != document.size:
        raise DocumentDamaged(_CHANGED, sha256=document.sha256)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
