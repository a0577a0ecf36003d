"""What the desk that gives a rescue file away and the desk that sends it have to agree on."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext

HOLD: Final = timedelta(hours=24)
"""How long another desk may send the file."""
MARGIN: Final = timedelta(hours=1)
"""How much longer the desk that wrote it holds back; both times are taken by the portal's clock."""
FILE_FORMAT: Final = 1
SUFFIX: Final = ".qmc"
PLACEHOLDER: Final = "rescue:"
"""Stands, before a document's SHA-256, for the address that its upload will have."""

_NOT_HERE = (
    "Cổng giao diện quốc gia không nhận thêm giấy tờ sau khi đã tạo hồ sơ nên chưa dùng được tệp cứu hộ với cổng này. "
    "Hãy sao lưu (counter-app backup) để giữ dữ liệu và đợi có mạng lại."
)


def check_profile(desk: DeskContext) -> None:
    """Raises UserError ``rescue_profile`` where the portal cannot be told of a document after the create."""
    if not desk.settings.portal.takes_updates:
        raise UserError("rescue_profile", _NOT_HERE)


def file_line(**members: Any) -> bytes:
    """A line of the content: pure ASCII, so that the messages inside come out byte for byte as they went in."""
    return json.dumps(members, separators=(",", ":")).encode("ascii") + b"\n"


def read_line(line: bytes) -> dict[str, Any]:
    """A line as it was written; ValueError for anything else."""
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("a line of a rescue file is an object")
    return found
