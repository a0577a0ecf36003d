"""Files that came for a dossier, as rows: one row a file and paper, whatever is given twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from counter_app.models import Document, Dossier
from counter_app.services.document_store import StoredFile, uncountable_pages


@dataclass(frozen=True, slots=True)
class FiledScan:
    """A file in the store, and the component or the result that it shows."""

    component: str
    result: str
    file: StoredFile


def new_documents(
    dossier: Dossier, scans: Sequence[FiledScan], entered_at: datetime
) -> tuple[list[Document], list[str]]:
    """Rows for the files that the dossier does not have yet, not added to it; and what the clerk should know."""
    known = {(item.component_code, item.result_code, item.sha256) for item in dossier.documents}
    rows, warnings = [], []
    for scan in scans:
        file = scan.file
        identity = (scan.component, scan.result, file.sha256)
        if identity in known:
            warnings.append(f"Tệp «{file.file_name}» đã có trong hồ sơ, không thêm lần nữa.")
            continue
        known.add(identity)
        if file.pages == 0:
            warnings.append(uncountable_pages(file.file_name))
        rows.append(
            Document(
                component_code=scan.component,
                result_code=scan.result,
                file_name=file.file_name,
                sha256=file.sha256,
                size=file.size,
                pages=file.pages,
                added_at=entered_at,
            )
        )
    return rows, warnings


def named(documents: Sequence[Document]) -> list[dict[str, str]]:
    """Files as the details of an event name them."""
    return [{"name": row.file_name, "sha256": row.sha256} for row in documents]
