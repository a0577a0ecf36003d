"""Documents to the portal by tus 1.0.0, and files of online dossiers from it (portal-protocol.md section 4).

The portal's offset is the truth: after any cut, time-out or restart it is asked (``HEAD``) and the upload
goes on from there, so that a cut costs at most one chunk. What the portal forgot starts over.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from counter_app.sync.client import DocumentDamaged, DocumentFile, Refused, TransientTrouble, UploadPlace
from counter_app.sync.http import HttpAnswer, status_trouble

CHUNK_SIZE: Final = 256 * 1024
"""Bytes of one PATCH: what a cut line may cost."""
MAX_STARTS: Final = 3
"""Times that one attempt begins a file anew before it leaves the rest to a later attempt."""
MAX_REPEATS: Final = 3
"""Times that one chunk is sent again within one attempt when its checksum does not agree."""

_TUS: Final = {"Tus-Resumable": "1.0.0"}
_CHECKSUM_MISMATCH: Final = 460
_FORGOTTEN: Final = frozenset({404, 410})
_REFUSING: Final = frozenset({400, 403, 412, 413, 415})

_GONE = "Không tìm thấy tệp đã lưu. Khôi phục tệp từ bản sao lưu hoặc quét lại giấy tờ, rồi gửi lại."
_CHANGED = (
    "Tệp đã lưu không còn nguyên vẹn (khác dung lượng hoặc mã kiểm tra), có thể do mất điện. Không gửi tệp hỏng: "
    "khôi phục từ bản sao lưu hoặc quét lại giấy tờ, rồi gửi lại."
)
_REFUSED = "Cổng không nhận tệp này (HTTP {status}). Kiểm tra loại và dung lượng tệp, rồi quét lại hoặc báo quản trị."
_PROTOCOL = "Cổng trả lời không đúng quy ước tải tệp. Chương trình sẽ tự thử lại; nếu lặp lại, báo quản trị cổng."
_ELSEWHERE = "Cổng chỉ nơi tải tệp ở một máy khác nên không gửi. Báo quản trị cổng kiểm tra địa chỉ tải tệp."
_DIGEST = "Tệp đến cổng không khớp mã kiểm tra sau nhiều lần gửi. Chương trình sẽ gửi lại từ đầu."
_DOWNLOAD = "Tệp lấy từ cổng không khớp mã kiểm tra. Chương trình sẽ tải lại từ đầu."
_MISSING = "Cổng không còn tệp này. Đề nghị người nộp gửi lại giấy tờ hoặc báo quản trị cổng."

FileRequest = Callable[[str, str, Mapping[str, str], "bytes | None"], HttpAnswer]
"""Sends one signed-in request: method, address, headers, body."""


class Uploader:
    """Sends and fetches files through one portal's ``/files``."""

    def __init__(
        self,
        files_url: str,
        request: FileRequest,
        *,
        office_id: str,
        now: Callable[[], datetime],
        chunk_size: int = CHUNK_SIZE,
    ) -> None:
        if chunk_size < 1:
            raise ValueError("a chunk has at least one byte")
        self._files_url = files_url
        self._request = request
        self._office_id = office_id
        self._now = now
        self._chunk_size = chunk_size

    def send(
        self,
        document: DocumentFile,
        place: UploadPlace,
        remember: Callable[[UploadPlace], None],
        go_on: Callable[[], bool],
    ) -> str | None:
        """Bring the document to the portal and return its address; None when ``go_on`` said stop.

        The file is checked against its record before a byte goes, and read through the same handle. Raises
        DocumentDamaged, TransientTrouble, Refused or SignInNeeded.
        """
        with _opened(document) as stream:
            _verify(stream, document)
            for _ in range(MAX_STARTS):
                place = self._located(document, place, remember)
                outcome = self._send_from(stream, document, place, remember, go_on)
                if outcome is not None:
                    return outcome.url if outcome.offset == document.size else None
                place = UploadPlace()
                remember(place)
        raise TransientTrouble("upload_digest", _DIGEST, seen=True)

    def fetch(self, url: str, target: Path, sha256: str) -> None:
        """Download into ``target``, going on from the bytes that are there; synced before it returns.

        Raises TransientTrouble when the line fails or the digest differs (``target`` is then emptied, so that
        the next attempt starts over), and Refused when the portal no longer has the file.
        """
        address = self._own(url)
        with target.open("ab") as stream:
            held = stream.tell()
            headers = {"Range": f"bytes={held}-"} if held else {}
            answer = self._request("GET", address, headers, None)
            if answer.status == 200:
                stream.truncate(0)
                stream.write(answer.body)
            elif answer.status == 206:
                stream.write(answer.body)
            elif answer.status in _FORGOTTEN:
                raise Refused("file_gone", _MISSING)
            # 416: nothing lies beyond what is held, so the digest decides.
            elif answer.status != 416:
                raise status_trouble(answer, self._now())
            stream.flush()
            os.fsync(stream.fileno())
        with target.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != sha256.lower():
            target.write_bytes(b"")
            raise TransientTrouble("download_digest", _DOWNLOAD, seen=True)

    def _located(
        self, document: DocumentFile, place: UploadPlace, remember: Callable[[UploadPlace], None]
    ) -> UploadPlace:
        """Return where the upload stands at the portal, beginning it where there is none."""
        if place.url is not None:
            offset = self._offset(place.url, document.size)
            if offset is not None:
                return UploadPlace(place.url, offset)
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
        return self._own(location)

    def _offset(self, url: str, size: int) -> int | None:
        """Ask how many bytes the portal holds; None when it forgot the upload or it is of another length."""
        answer = self._request("HEAD", self._own(url), _TUS, None)
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
        go_on: Callable[[], bool],
    ) -> UploadPlace | None:
        """Send chunks from ``place`` to the end, or until ``go_on`` says stop; None: it has to start over."""
        assert place.url is not None
        repeats = 0
        while place.offset < document.size:
            if not go_on():
                return place
            stream.seek(place.offset)
            chunk = stream.read(min(self._chunk_size, document.size - place.offset))
            answer = self._patch(place, chunk)
            if answer.status in _FORGOTTEN:
                return None
            reached: int | None
            if answer.status == 204:
                reached = _number(answer.headers.get("Upload-Offset", ""))
            elif answer.status in {409, _CHECKSUM_MISMATCH}:
                repeats += 1
                # On the last chunk 460 may be the digest of the whole, which no repeat of the chunk mends.
                ended = place.offset + len(chunk) == document.size
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
            remember(place)
        return place

    def _patch(self, place: UploadPlace, chunk: bytes) -> HttpAnswer:
        """Send one chunk with its SHA-1, the one algorithm that tus asks every server to know."""
        assert place.url is not None
        checksum = hashlib.sha1(chunk, usedforsecurity=False).digest()
        headers = {
            **_TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(place.offset),
            "Upload-Checksum": f"sha1 {_base64(checksum)}",
        }
        return self._request("PATCH", self._own(place.url), headers, chunk)

    def _own(self, location: str) -> str:
        """Return the whole address; the session is only ever sent to the portal itself."""
        url = urljoin(f"{self._files_url}/", location)
        ours, theirs = urlsplit(self._files_url), urlsplit(url)
        if (ours.scheme, ours.hostname, ours.port) != (theirs.scheme, theirs.hostname, theirs.port):
            raise TransientTrouble("upload_elsewhere", _ELSEWHERE, seen=False)
        return url

    def _trouble(self, answer: HttpAnswer) -> TransientTrouble | Refused:
        if answer.status in _REFUSING:
            return Refused(f"http_{answer.status}", _REFUSED.format(status=answer.status))
        return status_trouble(answer, self._now())


def _opened(document: DocumentFile) -> BufferedReader:
    try:
        return document.path.open("rb")
    except OSError as error:
        raise DocumentDamaged(_GONE, sha256=document.sha256) from error


def _verify(stream: BufferedReader, document: DocumentFile) -> None:
    """Refuse a file that is not what the record says: it would replace a good one at the portal."""
    size = os.fstat(stream.fileno()).st_size
    if size == 0 or size != document.size:
        raise DocumentDamaged(_CHANGED, sha256=document.sha256)
    if hashlib.file_digest(stream, "sha256").hexdigest() != document.sha256.lower():
        raise DocumentDamaged(_CHANGED, sha256=document.sha256)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
