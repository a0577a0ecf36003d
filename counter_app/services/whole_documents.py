"""PDFs that stay as they are (words, forms, signatures), attached wherever scans go: a dossier, an older result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from counter_app.errors import UserError
from counter_app.rules.backlog import read_backlog_code
from counter_app.services.attach import attach
from counter_app.services.backlog_scan import attach_old
from counter_app.services.desk import DeskContext


@dataclass(frozen=True, slots=True)
class WholeAttached:
    """Under which code which files are now; those that were there already are named in the warnings."""

    code: str
    names: tuple[str, ...]
    warnings: tuple[str, ...]


def attach_whole(
    desk: DeskContext, code: str, files: Sequence[Path], *, component: str = "", result: str = ""
) -> WholeAttached:
    """Attach files as they are. Raises as ``attach`` and ``attach_old``; ``one_file`` for an older result."""
    if read_backlog_code(code) is None:
        done = attach(desk, code, files, component=component, result=result)
        return WholeAttached(done.code, tuple(item.file_name for item in done.documents), done.warnings)
    if len(files) > 1:
        raise UserError(
            "one_file",
            f"Mỗi kết quả cũ chỉ có một tệp, ở đây có {len(files)} tệp. Hãy gộp thành một tệp PDF rồi thêm lại.",
        )
    kept = attach_old(desk, code, files[0])
    return WholeAttached(kept.result.code, (files[0].name,), kept.warnings)
