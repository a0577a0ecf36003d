"""Are all required papers on the desk? (Nghị định 118/2025/NĐ-CP: receive only what is complete.)"""

from __future__ import annotations

from collections.abc import Sequence

from counter_app.errors import UserError
from counter_app.models import Dossier, DossierComponent, Procedure, ProcedureComponent
from counter_app.services.values import ComponentIn, ReceiveRequest

MOST_COPIES = 9999


def check_components(
    procedure: Procedure, request: ReceiveRequest, *, complete: bool = True
) -> tuple[list[DossierComponent], tuple[str, ...]]:
    """The components as received, and warnings; not ``complete``: whatever there is of them will do.

    A required component counts as missing when it is not named, or is named with no paper and no file and is
    not one that depends on the applicant's circumstances. A catalogue entry that asks for no original and no
    copy is a note, never missing. Raises UserError ``case_unknown``, ``component_unknown``,
    ``component_missing`` (unless ``request.supplement_reason`` asks for the rest at once).
    """
    case_name = chosen_case(procedure, request.case_name)
    offered = {item.code: item for item in procedure.components if item.case_name in ("", case_name)}
    given: dict[str, ComponentIn] = {}
    for component in request.components:
        if component.code not in offered:
            raise UserError(
                "component_unknown",
                f"Thủ tục {procedure.code} không có thành phần «{component.code}». Hãy xem lại danh sách thành phần.",
                component=component.code,
            )
        if component.code in given:
            raise UserError(
                "component_repeated",
                f"Thành phần «{component.code}» được ghi hai lần. Hãy gộp lại thành một.",
                component=component.code,
            )
        if component.originals < 0 or component.copies < 0:
            raise UserError(
                "component_invalid",
                f"Số bản của thành phần «{component.code}» không được âm.",
                component=component.code,
            )
        given[component.code] = component
    rows = [_row(position, item, given.get(item.code)) for position, item in enumerate(offered.values())]
    if not complete:
        return rows, ()
    missing = [item for item in offered.values() if item.required and _is_missing(item, given.get(item.code))]
    if missing and not request.supplement_reason.strip():
        names = "; ".join(f"{item.code} ({_short(item.name)})" for item in missing)
        raise UserError(
            "component_missing",
            f"Thiếu thành phần bắt buộc: {names}. Hãy yêu cầu người nộp bổ sung, hoặc tiếp nhận kèm phiếu yêu cầu "
            "bổ sung (ghi lý do).",
            components=[item.code for item in missing],
        )
    warnings = tuple(f"Chưa nộp {item.code}: {_short(item.name)} (đã yêu cầu bổ sung)." for item in missing) + tuple(
        f"{item.code} được ghi là không áp dụng cho trường hợp này: {_short(item.name)}."
        for item in offered.values()
        if item.required
        and item.code in given
        and _is_paper(item)
        and not _has_something(given[item.code])
        and item not in missing
    )
    return rows, warnings


def chosen_case(procedure: Procedure, case_name: str) -> str:
    """The case whose papers are asked for: the one given, else the first ("" where there are none).

    Raises UserError ``case_unknown``.
    """
    cases = [item.case_name for item in procedure.components if item.case_name]
    if case_name and case_name not in cases:
        raise UserError(
            "case_unknown", f"Thủ tục {procedure.code} không có trường hợp «{case_name}». Hãy chọn lại trường hợp."
        )
    return case_name or next(iter(cases), "")


def missing_papers(dossier: Dossier) -> list[DossierComponent]:
    """Required papers of a dossier of which nothing lies on the desk: no original, no copy, no file.

    A paper that depends on the applicant's circumstances is not counted: it may have been found not to apply.
    """
    asked = {item.code for item in dossier.procedure.components if _is_paper(item)}
    with_file = {item.component_code for item in dossier.documents} | _online_files(dossier)
    return [
        item
        for item in dossier.components
        if item.required
        and item.code in asked
        and not item.originals
        and not item.copies
        and item.code not in with_file
        and not depends_on_circumstances(item.name)
    ]


def paper_names(papers: Sequence[DossierComponent]) -> str:
    """Papers as a sentence names them: codes with their shortened names."""
    return "; ".join(f"{item.code} ({_short(item.name)})" for item in papers)


def _online_files(dossier: Dossier) -> set[str]:
    """Components whose files an online applicant sent along, which the portal holds."""
    told = (dossier.portal_told or {}).get("TaiLieuNop") or ()
    return {str(item.get("MaThanhPhanHoSo") or "") for item in told if item.get("IsDeleted") != "1"}


def _is_missing(item: ProcedureComponent, given: ComponentIn | None) -> bool:
    if not _is_paper(item):
        return False
    if given is None:
        return True
    return not _has_something(given) and not depends_on_circumstances(item.name)


def _is_paper(item: ProcedureComponent) -> bool:
    return item.originals + item.copies > 0


def _has_something(given: ComponentIn) -> bool:
    return bool(given.originals or given.copies or given.files)


def depends_on_circumstances(name: str) -> bool:
    """Published names say "trường hợp …", "nếu …" where a paper is asked of some applicants only."""
    folded = name.casefold()
    return any(
        word in folded for word in ("trường hợp", "nếu ", "(nếu", "đối với", "ủy quyền", "uỷ quyền", "xuất trình")
    )


def _row(position: int, item: ProcedureComponent, given: ComponentIn | None) -> DossierComponent:
    return DossierComponent(
        position=position,
        code=item.code,
        name=item.name,
        originals=given.originals if given else 0,
        copies=given.copies if given else 0,
        required=item.required,
    )


def _short(name: str, length: int = 80) -> str:
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"
