"""The rescue file as bytes: encrypted and signed piece by piece, so that any size passes through little memory.

Layout: magic, salt, check of the passphrase, digest of these three; the content in pieces of 64 KiB, each sealed
with ChaCha20-Poly1305 under its number and, for the last one, a mark (the STREAM construction that age uses too);
at the end an HMAC-SHA-256 over everything before it, which is verified before the content is believed. Both keys
come from the passphrase by scrypt. Piece n lies at a known place, so that a reader may go to any byte.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from counter_app.errors import KnownError, UserError
from counter_app.services.rescue_words import passphrase_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC: Final = b"QMC-RESCUE-1\n"
PIECE: Final = 64 * 1024
TAG: Final = 16
SIGNATURE: Final = 32
SCRYPT_COST: Final = 2**17
"""128 MiB and a good part of a second for each guess at the passphrase."""

_SALT: Final = 16
_CHECK: Final = 16
_DIGEST: Final = 8
_HEAD: Final = len(MAGIC) + _SALT + _CHECK + _DIGEST

_NOT_OURS = "«{name}» không phải là tệp cứu hộ của chương trình này. Hãy chọn tệp có đuôi .qmc trên thẻ."
_WRONG = "Mật khẩu của tệp cứu hộ không đúng. Hãy xem lại tờ giấy ghi mật khẩu ở quầy đã xuất tệp, rồi nhập lại."
_DAMAGED = (
    "Tệp cứu hộ «{name}» bị hỏng hoặc chưa chép xong (có thể thẻ bị rút sớm) nên không dùng được. Hãy chép lại từ "
    "thẻ; nếu vẫn hỏng, về quầy cũ xuất lại tệp."
)
_UNREADABLE = "Không đọc được tệp «{name}»: {error}. Hãy cắm lại thẻ rồi thử lại; những gì đã gửi không bị gửi trùng."


def file_size(content: int) -> int:
    """Bytes of a rescue file with so many bytes of content."""
    return _HEAD + content + TAG * max(1, -(-content // PIECE)) + SIGNATURE


class RescueWriter:
    """Seals what is written to it into ``stream``; :meth:`finish` ends and signs the file."""

    def __init__(self, stream: BinaryIO, passphrase: str) -> None:
        salt = os.urandom(_SALT)
        keys = _Keys(passphrase, salt)
        head = MAGIC + salt + keys.check
        self._stream = stream
        self._cipher = keys.cipher
        self._mac = hmac.new(keys.signing, digestmod="sha256")
        self._held = bytearray()
        self._number = 0
        self._put(head + hashlib.sha256(head).digest()[:_DIGEST])

    def write(self, data: bytes) -> None:
        """Add to the content."""
        self._held += data
        # The last piece is kept back: it is sealed as the last one.
        while len(self._held) > PIECE:
            self._seal(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]

    def finish(self) -> None:
        """Seal the last piece and sign the whole."""
        self._seal(bytes(self._held), last=True)
        self._stream.write(self._mac.digest())

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, last), piece, None))
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._mac.update(data)
        self._stream.write(data)


def open_rescue(path: Path, passphrase: str, tell: Callable[[int, int], None] | None = None) -> io.BufferedReader:
    """Verify the whole file and return its content, to be read from any place.

    ``tell`` hears how many of how many bytes have been verified. Raises UserError ``rescue_not_a_file``,
    ``rescue_passphrase_wrong``; KnownError ``rescue_damaged``, ``rescue_unreadable``. Nothing is read out before
    the signature holds.
    """
    try:
        size = path.stat().st_size
        stream = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        return io.BufferedReader(_Content(path, stream, size, passphrase, tell), PIECE)
    except OSError as error:
        stream.close()
        raise _unreadable(path, error) from error
    except BaseException:
        stream.close()
        raise


class _Content(io.RawIOBase):
    """The content of a verified file."""

    def __init__(
        self,
        path: Path,
        stream: BinaryIO,
        size: int,
        passphrase: str,
        tell: Callable[[int, int], None] | None,
    ) -> None:
        head = stream.read(_HEAD)
        if not head.startswith(MAGIC):
            raise UserError("rescue_not_a_file", _NOT_OURS.format(name=path.name))
        body = size - _HEAD - SIGNATURE
        if body < TAG or hashlib.sha256(head[:-_DIGEST]).digest()[:_DIGEST] != head[-_DIGEST:]:
            raise _damaged(path)
        salt, check = head[len(MAGIC) : -_CHECK - _DIGEST], head[-_CHECK - _DIGEST : -_DIGEST]
        keys = _Keys(passphrase, salt)
        if not hmac.compare_digest(keys.check, check):
            raise UserError("rescue_passphrase_wrong", _WRONG)
        _verify(path, stream, size, hmac.new(keys.signing, head, "sha256"), tell)
        self._path = path
        self._stream = stream
        self._cipher = keys.cipher
        self._pieces = -(-body // (PIECE + TAG))
        self._size = body - TAG * self._pieces
        self._place = 0
        self._open: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        number, within = divmod(self._place, PIECE)
        if self._place >= self._size:
            return 0
        if self._open[0] != number:
            self._open = (number, self._unseal(number))
        found = self._open[1][within : within + len(buffer)]
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)

    def close(self) -> None:
        self._stream.close()
        super().close()

    def _unseal(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        last = number == self._pieces - 1
        length = self._size - number * PIECE if last else PIECE
        try:
            self._stream.seek(_HEAD + number * (PIECE + TAG))
            return self._cipher.decrypt(_nonce(number, last), self._stream.read(length + TAG), None)
        except InvalidTag as error:
            raise _damaged(self._path) from error
        except OSError as error:
            raise _unreadable(self._path, error) from error


class _Keys:
    """What comes from a passphrase and a salt; ``check`` lies in the file and tells a wrong passphrase."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        master = Scrypt(salt=salt, length=32, n=SCRYPT_COST, r=8, p=1).derive(passphrase_bytes(passphrase))
        self.signing = hmac.digest(master, b"sign", "sha256")
        self.check = hmac.digest(master, b"check", "sha256")[:_CHECK]
        self.cipher: ChaCha20Poly1305 = ChaCha20Poly1305(hmac.digest(master, b"encrypt", "sha256"))


def _verify(path: Path, stream: BinaryIO, size: int, mac: hmac.HMAC, tell: Callable[[int, int], None] | None) -> None:
    """Read from behind the head to the end; the last bytes must be the signature of all before them."""
    end = size - SIGNATURE
    place = _HEAD
    while place < end:
        piece = stream.read(min(1024 * 1024, end - place))
        if not piece:
            break
        mac.update(piece)
        place += len(piece)
        if tell is not None:
            tell(place, size)
    if not hmac.compare_digest(mac.digest(), stream.read(SIGNATURE)):
        raise _damaged(path)


def _nonce(number: int, last: bool) -> bytes:
    """Each piece has its own, under a key that is of this file alone."""
    return number.to_bytes(11, "big") + bytes([last])


def _damaged(path: Path) -> KnownError:
    return KnownError("rescue_damaged", _DAMAGED.format(name=path.name))


def _unreadable(path: Path, error: OSError) -> KnownError:
    return KnownError("rescue_unreadable", _UNREADABLE.format(name=path.name, error=error.strerror or error))
