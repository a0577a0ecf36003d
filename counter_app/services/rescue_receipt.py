"""The receipt of a rescue file: what another desk has sent of it, for the desk where it came from.

Signed with a key that lies inside the encrypted file, so that it comes from whoever could open that file.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from counter_app.errors import KnownError, UserError
from counter_app.models import RescueImport, RescueSent
from counter_app.services.desk import DeskContext
from counter_app.whole_files import whole_file

RECEIPT_SUFFIX: Final = ".bien-nhan.json"
_LARGEST: Final = 64 * 1024 * 1024

_NOT_WRITTEN = (
    "Đã gửi xong, nhưng không ghi được biên nhận vào «{folder}»: {error}. Hãy cắm lại thẻ rồi chọn gửi tệp này lần nữa "
    "để ghi biên nhận; không có biên nhận thì quầy cũ tự tra trên cổng."
)
_NOT_A_RECEIPT = (
    "«{name}» không phải là biên nhận của tệp cứu hộ, hoặc đã bị sửa, hỏng. Hãy chép lại từ thẻ; nếu không được, cứ để "
    "chương trình tự tra trên cổng khi có mạng."
)


def receipt_of(file: Path) -> Path:
    """Where the receipt of a rescue file lies: beside it."""
    return file.with_name(file.name + RECEIPT_SUFFIX)


def receipt_signature(key: bytes, receipt: Mapping[str, Any]) -> str:
    """The signature of a receipt's content."""
    content = {name: value for name, value in receipt.items() if name != "signature"}
    return hmac.new(key, json.dumps(content, sort_keys=True).encode(), "sha256").hexdigest()


def check_signature(key: bytes, receipt: Mapping[str, Any], file: Path) -> None:
    """Raises UserError ``rescue_receipt_invalid`` when the receipt is not what the sending desk wrote."""
    if not hmac.compare_digest(receipt_signature(key, receipt), receipt["signature"]):
        raise invalid_receipt(file)


def invalid_receipt(file: Path) -> UserError:
    """The error for a file that is no receipt of ours."""
    return UserError("rescue_receipt_invalid", _NOT_A_RECEIPT.format(name=file.name))


def write_receipt(desk: DeskContext, import_id: str, file: Path) -> Path:
    """Write the receipt of a file that this desk has sent; KnownError ``rescue_no_receipt``."""
    with desk.database.read() as session:
        row = session.get_one(RescueImport, import_id)
        sent = session.scalars(
            select(RescueSent).where(RescueSent.import_id == import_id).order_by(RescueSent.message_key)
        ).all()
        content: dict[str, Any] = {
            "id": import_id,
            "sent_by_desk": desk.settings.desk,
            "finished_at": None if row.finished_at is None else row.finished_at.isoformat(),
            "done": [
                {"key": one.message_key, "url": one.url, "named": one.named} for one in sent if one.outcome == "done"
            ],
            "left": [
                {"key": one.message_key, "code": one.dossier_code, "words": one.words}
                for one in sent
                if one.outcome != "done"
            ],
        }
        content["signature"] = receipt_signature(row.receipt_key, content)
    receipt = receipt_of(file)
    try:
        with whole_file(receipt) as stream:
            stream.write(json.dumps(content, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        raise KnownError(
            "rescue_no_receipt", _NOT_WRITTEN.format(folder=receipt.parent, error=error.strerror or error)
        ) from error
    return receipt


def read_receipt(file: Path) -> dict[str, Any]:
    """Read a receipt, its signature yet unchecked.

    Raises UserError ``rescue_receipt_invalid``, KnownError ``file_unreadable``.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise invalid_receipt(file)
        receipt = json.loads(file.read_bytes())
    except OSError as error:
        raise KnownError(
            "file_unreadable", f"Không đọc được tệp «{file}»: {error.strerror}. Hãy cắm lại thẻ rồi thử lại."
        ) from error
    except ValueError as error:
        raise invalid_receipt(file) from error
    if not isinstance(receipt, dict) or not isinstance(receipt.get("done"), list):
        raise invalid_receipt(file)
    if not all(isinstance(receipt.get(name), str) for name in ("id", "signature")):
        raise invalid_receipt(file)
    found: dict[str, Any] = receipt
    return found
