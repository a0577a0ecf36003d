"""Files of the portal, fetched in ranges: what has come stays when the line is cut (portal-protocol.md section 4)."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urljoin, urlsplit

from counter_app.sync.client import Refused, TransientTrouble
from counter_app.sync.http import HttpAnswer, Stream, status_trouble

BLOCK_BYTES: Final = 256 * 1024
"""Bytes asked for at once: a cut costs one block at most, and so long lasts what cannot be stopped."""

_FORGOTTEN: Final = frozenset({404, 410})
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")

_ELSEWHERE = "Cổng chỉ nơi tải tệp ở một máy khác nên không gửi. Báo quản trị cổng kiểm tra địa chỉ tải tệp."
_DAMAGED = "Tệp lấy từ cổng không khớp mã kiểm tra. Chương trình sẽ tải lại từ đầu."
_MISSING = "Cổng không còn tệp này. Đề nghị người nộp gửi lại giấy tờ hoặc báo quản trị cổng."

FileRequest = Callable[[str, str, Mapping[str, str], "bytes | Stream | None"], HttpAnswer]
"""Sends one signed-in request: method, address, headers, body."""


def own_address(files_url: str, location: str) -> str:
    """Return the whole address; the session is only ever sent to the portal itself.

    Raises TransientTrouble ``upload_elsewhere``.
    """
    url = urljoin(f"{files_url}/", location)
    ours, theirs = urlsplit(files_url), urlsplit(url)
    if (ours.scheme, ours.hostname, ours.port) != (theirs.scheme, theirs.hostname, theirs.port):
        raise TransientTrouble("upload_elsewhere", _ELSEWHERE, seen=False)
    return url


def kept_address(files_url: str, kept: str) -> str:
    """Return where a kept address is now: the same place of the portal, under the address that the portal has today."""
    ours = urlsplit(files_url)
    return urlsplit(urljoin(f"{files_url}/", kept))._replace(scheme=ours.scheme, netloc=ours.netloc).geturl()


class Downloader:
    """Fetches files through one portal's ``/files``."""

    def __init__(self, files_url: str, request: FileRequest, *, now: Callable[[], datetime]) -> None:
        self._files_url = files_url
        self._request = request
        self._now = now

    def fetch(self, url: str, target: Path, sha256: str, go_on: Callable[[], bool]) -> bool:
        """Fetch into ``target``, going on from the bytes that are there; False when ``go_on`` said stop.

        Raises TransientTrouble when the line fails or the digest differs (``target`` is then emptied, so that
        the next attempt starts over), and Refused when the portal no longer has the file.
        """
        address = own_address(self._files_url, url)
        with target.open("ab") as stream:
            while True:
                if not go_on():
                    return False
                if self._take_block(address, stream):
                    break
            stream.flush()
            os.fsync(stream.fileno())
        with target.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != sha256.lower():
            target.write_bytes(b"")
            raise TransientTrouble("download_digest", _DAMAGED, seen=True)
        return True

    def _take_block(self, address: str, stream: BinaryIO) -> bool:
        """Append the next bytes; True at the end of the file. A portal that gives no ranges gives it whole."""
        held = stream.tell()
        headers = {"Range": f"bytes={held}-{held + BLOCK_BYTES - 1}"}
        answer = self._request("GET", address, headers, None)
        if answer.status == 200:
            stream.truncate(0)
            stream.write(answer.body)
            return True
        if answer.status == 206:
            stream.write(answer.body)
            return _is_last(answer, held)
        if answer.status in _FORGOTTEN:
            raise Refused("file_gone", _MISSING)
        # 416: nothing lies beyond what is held, so the digest decides.
        if answer.status != 416:
            raise status_trouble(answer, self._now())
        return True


def _is_last(answer: HttpAnswer, held: int) -> bool:
    """Tell whether the block ends the file; one that begins elsewhere ends the attempt, and the digest decides."""
    told = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
    if told is None or told[2] == "*":
        return len(answer.body) < BLOCK_BYTES
    return int(told[1]) != held or not answer.body or held + len(answer.body) >= int(told[2])
