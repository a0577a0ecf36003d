"""Files that came for a dossier, as rows: one row a file and paper, whatever is given twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from counter_app.models import Document, Dossier
from counter_app.rules.dossier_code import result_code
from counter_app.services.document_store import StoredFile
from counter_app.services.returning_delivery import free_result_numbers


@dataclass(frozen=True, slots=True)
class FiledScan:
    """A file in the store, and the component or the result that it shows.

    ``signed_from``: the document that it is, with a signature of the office.
    """

    component: str
    result: str
    file: StoredFile
    signed_from: Document | None = None


def new_documents(
    dossier: Dossier, scans: Sequence[FiledScan], entered_at: datetime
) -> tuple[list[Document], list[str]]:
    """Rows for the files that the dossier does not have yet, not added to it; and what the clerk should know.

    A result is stored as ``<code>-KQ<n>`` (01/2023/TT-VPCP art. 10); a number once given is never given again,
    but the result that was signed keeps its own: it is that result.
    """
    known = {(item.component_code, item.result_code, item.sha256) for item in dossier.documents}
    numbers = free_result_numbers(dossier, max((item.result_number or 0 for item in dossier.documents), default=0))
    rows, warnings = [], []
    for scan in scans:
        file = scan.file
        identity = (scan.component, scan.result, file.sha256)
        if identity in known:
            warnings.append(f"Tệp «{file.file_name}» đã có trong hồ sơ, không thêm lần nữa.")
            continue
        known.add(identity)
        warnings += file.warnings
        original = scan.signed_from
        number = original.result_number if original else None
        if scan.result and number is None:
            number = next(numbers)
        rows.append(
            Document(
                component_code=scan.component,
                result_code=scan.result,
                file_name=f"{result_code(dossier.code, number)}.pdf" if number else file.file_name,
                sha256=file.sha256,
                size=file.size,
                pages=file.pages,
                added_at=entered_at,
                result_number=number,
                signed_from_id=original.id if original else None,
            )
        )
    return rows, warnings


def named(documents: Sequence[Document]) -> list[dict[str, str]]:
    """Files as the details of an event name them."""
    return [{"name": row.file_name, "sha256": row.sha256} for row in documents]
