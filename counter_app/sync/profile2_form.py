"""One file as a multipart form (RFC 7578), read while it goes."""

from __future__ import annotations

import hashlib
import io
from io import BufferedReader
from pathlib import PurePath
from typing import Final

_TYPES: Final = {".pdf": "application/pdf"}
_ANY_TYPE: Final = "application/octet-stream"


class FileForm(io.RawIOBase):
    """The bytes of a form with the one field ``file``: what stands before the file, the file, what stands behind.

    ``sha256`` names the file; the boundary is drawn from it, so that the same file makes the same form.
    """

    def __init__(self, stream: BufferedReader, *, file_name: str, size: int, sha256: str) -> None:
        super().__init__()
        boundary = hashlib.sha256(f"boundary of {sha256}".encode()).hexdigest()
        kind = _TYPES.get(PurePath(file_name).suffix.lower(), _ANY_TYPE)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_escaped(file_name)}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")
        self._stream = stream
        self._size = size
        self._at = 0

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def file_bytes(self, sent: int) -> int:
        """How many bytes of the file are among the first ``sent`` of the form."""
        return min(max(sent - len(self._head), 0), self._size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        assert whence == io.SEEK_SET
        self._at = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes, all of one part of the form; b"" at its end."""
        begin = 0
        for part, length in ((self._head, len(self._head)), (None, self._size), (self._tail, len(self._tail))):
            place = self._at - begin
            if place < length:
                wanted = length - place if size < 0 else min(size, length - place)
                if part is None:
                    self._stream.seek(place)
                    data = self._stream.read(wanted)
                else:
                    data = part[place : place + wanted]
                self._at += len(data)
                return data
            begin += length
        return b""


def _escaped(file_name: str) -> str:
    """As the form says of names: quotes and line ends escaped, all else in UTF-8."""
    return file_name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
