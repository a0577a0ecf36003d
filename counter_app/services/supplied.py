"""What an applicant brings to complete a dossier: counted to what lies there, named in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counter_app.errors import UserError
from counter_app.models import Document, Dossier
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.completeness import MOST_COPIES, missing_papers, paper_names
from counter_app.services.desk import DeskContext
from counter_app.services.history import standing
from counter_app.services.new_documents import FiledScan, named
from counter_app.services.values import ComponentIn

ASKED_AGAIN = "asked_again"
"""The key in the details of a request for papers that was not the first: why there is another one."""


def ask_again(dossier: Dossier, why: str) -> dict[str, Any]:
    """Papers are asked for once, all together (Nghị định 118/2025/NĐ-CP): what the event of a further request keeps.

    Nothing for the first. Raises UserError ``supplement_repeated`` without a reason.
    """
    earlier = [event for event in standing(dossier.events) if event.step == Step.REQUEST_SUPPLEMENT]
    if not earlier:
        return {}
    if not why:
        raise UserError(
            "supplement_repeated",
            f"Hồ sơ đã được yêu cầu bổ sung lúc {earlier[-1].at.astimezone(VIETNAM):%H:%M %d/%m/%Y}; quy định chỉ cho "
            "yêu cầu một lần, đủ mọi giấy tờ. Nếu vẫn phải yêu cầu thêm, hãy ghi lý do yêu cầu thêm.",
            times=len(earlier),
        )
    return {ASKED_AGAIN: why}


def store_scans(desk: DeskContext, components: Sequence[ComponentIn]) -> list[FiledScan]:
    """The files of ``components`` safely in the store, before anything is written of the dossier."""
    return [
        FiledScan(component.code, "", desk.documents.add(path, max_mb=desk.settings.max_document_mb))
        for component in components
        for path in component.files
    ]


def take_papers(dossier: Dossier, came: Sequence[ComponentIn], documents: Sequence[Document]) -> dict[str, Any]:
    """Add the papers that came, and ``documents`` as their scans; the details for the event.

    Raises UserError ``component_unknown``, ``component_repeated``, ``component_invalid``.
    """
    rows = {item.code: item for item in dossier.components}
    taken: list[dict[str, Any]] = []
    for paper in came:
        row = rows.get(paper.code)
        if row is None:
            raise UserError(
                "component_unknown",
                f"Hồ sơ không có thành phần «{paper.code}» (có: {', '.join(rows) or 'không có'}).",
                component=paper.code,
            )
        if any(one["code"] == paper.code for one in taken):
            raise UserError(
                "component_repeated",
                f"Thành phần «{paper.code}» được ghi hai lần. Hãy gộp lại thành một.",
                component=paper.code,
            )
        originals, copies = row.originals + paper.originals, row.copies + paper.copies
        if min(paper.originals, paper.copies) < 0 or max(originals, copies) > MOST_COPIES:
            raise UserError(
                "component_invalid",
                f"Số bản của thành phần «{paper.code}» phải từ 0 đến {MOST_COPIES}.",
                component=paper.code,
            )
        if paper.originals or paper.copies or paper.files:
            row.originals, row.copies = originals, copies
            taken.append(
                {"code": row.code, "name": row.name, "originals": paper.originals, "copies": paper.copies},
            )
    dossier.documents.extend(documents)
    details = {"components": taken, "files": named(documents)}
    return {name: value for name, value in details.items() if value}


def papers_back(dossier: Dossier, details: Mapping[str, Any]) -> None:
    """The papers of a supplement that was taken back are not counted any more; files that were attached stay."""
    rows = {item.code: item for item in dossier.components}
    for paper in details.get("components", ()):
        row = rows[paper["code"]]
        row.originals -= paper["originals"]
        row.copies -= paper["copies"]


def check_complete(dossier: Dossier, *, confirmed: bool) -> tuple[str, ...]:
    """Warnings on required papers that are still not there.

    Raises UserError ``component_missing`` unless the clerk has ``confirmed`` to go on without them.
    """
    missing = missing_papers(dossier)
    if not missing:
        return ()
    if not confirmed:
        raise UserError(
            "component_missing",
            f"Vẫn còn thiếu giấy tờ bắt buộc: {paper_names(missing)}. Hãy nhận đủ, hoặc xác nhận vẫn nhận khi "
            "còn thiếu.",
            components=[item.code for item in missing],
        )
    return (f"Hồ sơ còn thiếu giấy tờ bắt buộc: {paper_names(missing)}. Hãy nhắc người nộp hoặc yêu cầu bổ sung.",)
