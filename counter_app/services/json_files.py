"""Reading a JSON file that a person names, with clear words when it cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from counter_app.errors import KnownError, UserError


def read_json_file(path: Path, kind: str) -> Any:
    """The content of ``path``; UserError ``kind`` when it is not JSON, ``file_missing`` when it is not there."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UserError("file_missing", f"Không tìm thấy tệp «{path}». Hãy kiểm tra tên và thư mục.") from error
    except UnicodeDecodeError as error:
        raise UserError(kind, f"Tệp «{path}» không phải văn bản UTF-8. Hãy lưu lại bằng mã UTF-8.") from error
    except OSError as error:
        raise KnownError("file_unreadable", f"Không đọc được tệp «{path}»: {error.strerror}.") from error
    return parse_json(text, kind, str(path))


def parse_json(text: str, kind: str, source: str) -> Any:
    """Parse JSON; UserError ``kind`` naming line and column of the mistake."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(
            kind,
            f"«{source}» không phải JSON hợp lệ (dòng {error.lineno}, cột {error.colno}: {error.msg}). "
            "Hãy sửa chỗ đó rồi thử lại.",
        ) from error
