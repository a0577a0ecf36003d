"""What comes as a file is examined before anything of ours opens it.

The first bytes tell what it is. The rest is done by another process (``incoming_look``) with little memory and little
time, so that a file made to fill a machine, or to bring down a reader, ends that process and not the desk.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from counter_app.errors import KnownError, UserError
from counter_app.scanning.pictures import MAX_PIXELS

HEAD: Final = 1024
"""ISO 32000: readers accept the ``%PDF-`` header within the first 1,024 bytes."""
PDF_MAGIC: Final = b"%PDF-"
_PICTURES: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
)
_PROGRAMS: Final = (
    b"MZ",  # Windows
    b"\x7fELF",  # Linux
    b"#!",  # scripts
    b"\xca\xfe\xba\xbe",  # Java, macOS
    b"\xcf\xfa\xed\xfe",  # macOS
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a shortcut of Windows
)


@dataclass(frozen=True, slots=True)
class IncomingLimits:
    """What a file may be at the most. ``unpacked_mb``: all that it packs, pictures apart; ``memory_mb`` and
    ``seconds``: what looking at it may take."""

    max_mb: int = 50
    max_pages: int = 2000
    max_pixels: int = MAX_PIXELS
    unpacked_mb: int = 300
    memory_mb: int = 1500
    seconds: int = 20


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that can be taken. ``kind``: ``pdf``, ``jpeg``, ``png``, ``tiff``, ``bmp`` or ``webp``; ``warnings``: what
    the clerk should look at before, in Vietnamese."""

    kind: str
    pages: int
    warnings: tuple[str, ...] = ()


def check_incoming(
    path: Path, limits: IncomingLimits | None = None, *, name: str = "", take_damaged: bool = False
) -> Incoming:
    """Examine a PDF or a picture; takes up to a second and, for a bad file, longer, so not on the window's thread.

    ``name``: how the file is called where it came from. ``take_damaged``: a PDF that was cut or is damaged is taken
    too, without pages and with a warning, as it may be all that there is of a paper. Raises UserError
    ``file_missing``, ``file_empty``, ``file_too_large``, ``file_executable``, ``file_not_document``, ``file_locked``,
    ``file_cut``, ``file_damaged``, ``file_too_many_pages``, ``file_too_many_pixels``, ``file_bomb``; KnownError
    ``file_unreadable``.
    """
    limits, name = limits or IncomingLimits(), name or path.name
    head = check_file(path, max_mb=limits.max_mb)
    kind = kind_of(head)
    if kind == "executable":
        raise _refused("file_executable", name)
    if not kind:
        raise _refused("file_not_document", name)
    found = _looked_at(path, kind, limits, name)
    if take_damaged and kind == "pdf" and found.get("trouble") in ("file_cut", "file_damaged"):
        found = {"pages": 0, "warnings": ["unopened"]}
    if "trouble" in found:
        raise _refused(found["trouble"], name, **found.get("details", {}))
    warnings = tuple(_WARNINGS[word].format(name=name) for word in found["warnings"])
    return Incoming(kind, int(found["pages"]), warnings)


def check_file(path: Path, *, max_mb: int) -> bytes:
    """The first HEAD bytes of a file that is there, is not empty and not larger than ``max_mb``.

    Raises UserError ``file_missing``, ``file_empty``, ``file_too_large``; KnownError ``file_unreadable``.
    """
    try:
        if not path.is_file():
            raise UserError("file_missing", f"Không tìm thấy tệp «{path}». Hãy kiểm tra tên và thư mục của tệp.")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise KnownError(
            "file_unreadable", f"Không đọc được tệp «{path}»: {error.strerror}. Hãy chép tệp sang máy rồi thử lại."
        ) from error
    if size == 0:
        raise UserError("file_empty", f"Tệp «{path.name}» rỗng (0 byte). Hãy quét lại giấy tờ này.")
    if size > max_mb * 1024 * 1024:
        raise UserError(
            "file_too_large",
            f"Tệp «{path.name}» lớn {size // (1024 * 1024)} MB, quá mức {max_mb} MB. "
            "Hãy quét lại ở 200 dpi hoặc tách thành nhiều tệp.",
        )
    return head


def kind_of(head: bytes) -> str:
    """What the first bytes of a file say it is, whatever its name says: a kind of Incoming, ``executable`` or ""."""
    if head.startswith(_PROGRAMS):
        return "executable"
    for magic, kind in _PICTURES:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return "pdf" if PDF_MAGIC in head else ""


def _looked_at(path: Path, kind: str, limits: IncomingLimits, name: str) -> dict[str, Any]:
    """What the other process found. One that ended without a word had not enough memory or was brought down."""
    from counter_app.scanning.incoming_child import look_into

    try:
        found = look_into(path, kind, asdict(limits))
    except OSError as error:
        raise KnownError(
            "file_unreadable",
            f"Chưa kiểm tra được tệp «{name}»: {error.strerror}. Hãy đóng bớt chương trình rồi thử lại.",
        ) from error
    return {"trouble": "file_bomb"} if found is None else found


def _refused(kind: str, name: str, **details: object) -> UserError:
    return UserError(kind, _REFUSALS[kind].format(name=name, **details), **details)


_REFUSALS: Final = {
    "file_executable": (
        "Tệp «{name}» là chương trình chạy được, không phải giấy tờ, dù tên tệp ghi gì. Không nhận và không mở tệp "
        "này; hãy báo người phụ trách máy tính và hỏi lại người gửi."
    ),
    "file_not_document": (
        "Tệp «{name}» không phải là PDF, JPEG, PNG hay TIFF. Hãy quét giấy tờ, hoặc lưu tệp thành PDF rồi chọn lại."
    ),
    "file_locked": (
        "Tệp «{name}» đặt mật khẩu nên không mở được. Hãy xin bản không có mật khẩu, hoặc quét từ bản giấy."
    ),
    "file_cut": (
        "Tệp «{name}» bị cắt giữa chừng (chép hoặc tải chưa xong). Hãy chép lại từ nơi gửi, hoặc quét lại giấy tờ này."
    ),
    "file_damaged": ("Tệp «{name}» bị hỏng nên không mở được. Hãy xin lại tệp hoặc quét lại giấy tờ này."),
    "file_too_many_pages": (
        "Tệp «{name}» có {pages} trang, quá mức {limit} trang. Hãy tách thành nhiều tệp theo từng giấy tờ."
    ),
    "file_too_many_pixels": (
        "Tệp «{name}» có trang hoặc ảnh cỡ {width} × {height}, lớn hơn mọi bản quét thật. Hãy quét lại ở 200 dpi, hoặc "
        "lưu lại ảnh ở cỡ nhỏ hơn."
    ),
    "file_bomb": (
        "Tệp «{name}» đòi quá nhiều bộ nhớ hoặc thời gian để mở; tệp hỏng nặng hoặc được làm ra để phá máy. Không nhận "
        "tệp này; hãy quét từ bản giấy, hoặc xin tệp khác."
    ),
}
_WARNINGS: Final = {
    "script": "«{name}» có đoạn mã tự chạy (JavaScript hoặc lệnh mở chương trình). Hãy chỉ xem bằng chương trình này.",
    "attached": "«{name}» có tệp khác kèm bên trong; cổng và người xử lý có thể không thấy các tệp đó.",
    "form": "«{name}» là biểu mẫu XFA, nhiều máy không hiện được nội dung. Hãy in ra PDF thường rồi đính kèm.",
    "restricted": "«{name}» bị hạn chế quyền (in, sao chép). Cổng có thể từ chối; nên xin bản không hạn chế.",
    "unopened": "«{name}» bị hỏng hoặc bị cắt giữa chừng, không mở được; tệp được giữ nguyên. Hãy quét lại.",
    "repaired": "«{name}» có chỗ hỏng. Hãy mở xem có đủ trang và rõ chữ không.",
}
