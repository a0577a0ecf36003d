"""Reading a JSON file that a person names, with clear words when it cannot be read."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

from counter_app.errors import KnownError, UserError


def read_json_file(path: Path, kind: str, *, unpack: Callable[[bytes], bytes] | None = None) -> Any:
    """The content of ``path``; UserError ``kind`` when it is not JSON, ``file_missing`` when it is not there."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise UserError("file_missing", f"Không tìm thấy tệp «{path}». Hãy kiểm tra tên và thư mục.") from error
    except OSError as error:
        raise KnownError(
            "file_unreadable", f"Không đọc được tệp «{path}»: {error.strerror}. Hãy kiểm tra lại tệp rồi thử lại."
        ) from error
    try:
        return parse_json(unpack(content) if unpack else content, kind, str(path))
    except (lzma.LZMAError, EOFError) as error:
        raise UserError(kind, f"Tệp nén «{path}» bị hỏng. Hãy chép lại tệp rồi thử lại.") from error


def parse_json(content: bytes, kind: str, source: str) -> Any:
    """Parse JSON in UTF-8; UserError ``kind`` naming line and column of the mistake."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UserError(kind, f"«{source}» không phải văn bản UTF-8. Hãy lưu lại bằng mã UTF-8.") from error
    except json.JSONDecodeError as error:
        raise UserError(
            kind,
            f"«{source}» không phải JSON hợp lệ (dòng {error.lineno}, cột {error.colno}: {error.msg}). "
            "Hãy sửa chỗ đó rồi thử lại.",
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets without end
        raise UserError(kind, f"«{source}» có nội dung không thể đọc ({error}). Hãy kiểm tra lại tệp.") from error
