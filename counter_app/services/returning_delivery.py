"""Handing results out, with the evidence that each way has; the delivery axis of a dossier follows.

At the desk the receiver's signature, by post the tracking code and then the carrier's word, online the portal.
Telling somebody is not delivering: nothing here depends on whether a notice went out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Delivery, Dossier
from counter_app.rules.dossier_code import result_code
from counter_app.rules.names import normalise_name
from counter_app.rules.personal_number import check_personal_number
from counter_app.services import shelf_moves
from counter_app.services.free_text import plain
from counter_app.services.returning_slip import PrintedSlip, attempts, slip_saying, slips_of_next

if TYPE_CHECKING:
    from counter_app.services.steps import Effect, StepInput, Taking

STATE_BY_WAY = {"counter": "given", "post": "posted", "online": "online"}
AXIS = {
    "given": "confirmed",
    "signed": "confirmed",
    "posted": "posted",
    "online": "online",
    "confirmed": "confirmed",
    "came_back": "pending",
}
"""``Dossier.delivery_state`` by the state of its latest delivery."""

DELIVERED = {"counter": "confirmed", "post": "posted", "online": "online"}
"""What is known of the delivery of a result that the portal told of, by the way of return."""

UNNAMED_RESULT = "Kết quả giải quyết thủ tục hành chính"


@dataclass(frozen=True, slots=True)
class OriginalBack:
    """How many originals of a component go back to the applicant."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class ResultOut:
    """A result by its name; ``number``: its own number and sign (số, ký hiệu), where it has one."""

    name: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Handing:
    """What the clerk says of a handing out.

    ``to``: "" for the applicant. ``authority``: the paper by which somebody else takes the results; it is asked
    for wherever ``to`` is not the applicant. ``signed``: the receiver has signed the return slip. ``address`` and
    ``phone``: where a parcel goes, "" for the applicant's own. ``reason``: why a result is returned online though
    no file of it is there. ``results``: in the order in which they are numbered KQ1 …; empty for those of the
    procedure. ``originals``: what goes back.
    """

    by: str = ""
    to: str = ""
    to_number: str = ""
    authorised: bool = False
    authority: str = ""
    signed: bool = False
    tracking: str = ""
    carrier: str = ""
    address: str = ""
    phone: str = ""
    reason: str = ""
    results: tuple[ResultOut, ...] = ()
    originals: tuple[OriginalBack, ...] = ()


def hand_out(taking: Taking, effect: Effect) -> None:
    """What a return does besides the status; being late or owing money is told and never blocks it.

    Raises UserError as ``check_handing`` does.
    """
    dossier, given = taking.dossier, taking.given
    by = given.by or dossier.return_by
    dossier.return_by = by
    dossier.returned_at = taking.at
    if taking.from_portal:
        dossier.delivery_state = DELIVERED[by]
        effect.details.update(by=by, to=dossier.applicant.name)
    else:
        handing, warnings = _evidence(dossier, given, by)
        effect.warnings += warnings
        clerk = taking.desk.settings.clerk
        effect.details |= record_delivery(taking.session, dossier, handing, by, taking.at, clerk)
    if dossier.money_state == "due":
        effect.warnings.append("Hồ sơ còn phí, lệ phí chưa nộp. Hãy thu trước khi giao kết quả.")
    late = dossier.due is not None and (dossier.finished_at or taking.at) > dossier.due
    if late and not dossier.apology_count:
        effect.warnings.append("Hồ sơ trễ hạn mà chưa có văn bản xin lỗi. Vẫn trả kết quả; hãy báo cáo người đứng đầu.")


def _evidence(dossier: Dossier, given: StepInput, by: str) -> tuple[Handing, list[str]]:
    """What is told of a handing out, checked. The command line tells no signature and need not know the parcel."""
    if given.handing is not None:
        return checked_handing(dossier, given.handing, by)
    told = Handing(to=given.to, authority=given.authority, tracking=given.tracking, reason=given.reason)
    handing = _addressed(dossier, clean_handing(told), by)
    check_receiver(handing, dossier.applicant.name)
    warnings = []
    if by == "post" and not handing.tracking:
        warnings.append("Chưa ghi số vận đơn của bưu chính. Hãy giữ biên nhận gửi để tra cứu.")
    if by == "online" and not handing.reason and not has_result_file(dossier):
        warnings.append("Chưa có bản điện tử của kết quả để trả trực tuyến. Hãy quét hoặc đính kèm kết quả.")
    return handing, warnings


def checked_handing(dossier: Dossier, handing: Handing, by: str) -> tuple[Handing, list[str]]:
    """``handing`` as it is kept, and warnings. Raises UserError as ``check_handing`` does."""
    handing = _addressed(dossier, clean_handing(handing), by)
    warnings = check_handing(handing, by, dossier.applicant.name, has_file=has_result_file(dossier))
    return handing, list(warnings)


def _addressed(dossier: Dossier, handing: Handing, by: str) -> Handing:
    """With what a way does not need left out, and the applicant's own address where no other is told."""
    owner = dossier.applicant
    if not takes_for_another(handing, owner.name):
        handing = replace(handing, to="")
    if by != "post":
        return replace(handing, address="", phone="", tracking="", carrier="")
    if handing.address or takes_for_another(handing, owner.name):
        return handing
    return replace(handing, address=owner.address, phone=handing.phone or owner.phone)


def takes_for_another(handing: Handing, owner: str) -> bool:
    """Whether somebody else than the applicant takes the results."""
    return handing.authorised or (bool(handing.to) and _folded(handing.to) != _folded(owner))


def _folded(name: str) -> str:
    return normalise_name(plain(name)).casefold()


def has_result_file(dossier: Dossier) -> bool:
    """Whether there is a file of a result: the desk's own, or one that the portal has."""
    return bool(results_held(dossier))


_TEXTS = ("by", "authority", "tracking", "carrier", "address", "phone", "reason")


def clean_handing(handing: Handing) -> Handing:
    """The texts as they are kept."""
    texts: dict[str, Any] = {name: plain(getattr(handing, name)) for name in _TEXTS}
    return replace(
        handing,
        **texts,
        to=normalise_name(plain(handing.to)),
        to_number="".join(plain(handing.to_number).split()),
        results=tuple(ResultOut(plain(each.name), plain(each.number)) for each in handing.results if plain(each.name)),
    )


def check_receiver(handing: Handing, owner: str) -> None:
    """Somebody else than the applicant, ``owner``, needs a right to the results.

    Raises UserError ``receiver_missing``, ``authority_missing``.
    """
    if handing.authorised and not handing.to:
        raise UserError("receiver_missing", "Hãy nhập họ tên người được ủy quyền rồi trả kết quả.")
    if takes_for_another(handing, owner) and not handing.authority:
        raise UserError(
            "authority_missing",
            "Hãy ghi giấy ủy quyền (loại, số, ngày) của người nhận thay rồi trả kết quả.",
        )


def check_handing(handing: Handing, by: str, owner: str, *, has_file: bool) -> tuple[str, ...]:
    """Warnings. ``has_file``: as of ``has_result_file``, for online there must be something to get.

    Raises UserError ``signature_missing``, ``tracking_missing``, ``address_missing``, ``result_file_missing`` and as
    ``check_receiver`` does.
    """
    check_receiver(handing, owner)
    if by == "online" and not has_file and not handing.reason:
        raise UserError(
            "result_file_missing",
            "Chưa có bản điện tử của kết quả để trả trực tuyến. Hãy quét hoặc đính kèm kết quả, "
            "hoặc ghi lý do (ví dụ «bộ, ngành trả trên hệ thống của mình»).",
        )
    if by == "counter" and not handing.signed:
        raise UserError(
            "signature_missing",
            "Hãy cho người nhận ký phiếu giao nhận, đánh dấu «Người nhận đã ký» rồi trả kết quả.",
        )
    if by == "post" and not handing.tracking:
        raise UserError("tracking_missing", "Hãy nhập số vận đơn của bưu chính rồi trả kết quả.")
    if by == "post" and not handing.address:
        raise UserError("address_missing", "Hãy nhập địa chỉ nơi bưu chính phát rồi trả kết quả.")
    return tuple(check_personal_number(handing.to_number)) if handing.to_number else ()


def result_lines(dossier: Dossier, given: Sequence[ResultOut] = ()) -> list[dict[str, str]]:
    """The results of a dossier with their codes KQ1 …, in the order in which they are handed out."""
    named = list(given) or [ResultOut(item.name) for item in dossier.procedure.results] or [ResultOut(UNNAMED_RESULT)]
    return [
        {"code": code, "name": each.name} | ({"number": each.number} if each.number else {})
        for each, code in zip(named, free_result_codes(dossier), strict=False)
    ]


def results_held(dossier: Dossier) -> list[str]:
    """The results that exist by now, each with its number: the desk's own files, then those that the portal gave."""
    names = {item.code: item.name for item in dossier.procedure.results}
    own = {
        result_code(dossier.code, item.result_number): names.get(item.result_code, item.file_name)
        for item in dossier.documents
        if item.result_number is not None
    }
    told = (dossier.portal_told or {}).get("DanhSachGiayToKetQua") or ()
    given = {str(item.get("MaGiayToKetQua") or ""): str(item.get("TenGiayTo") or UNNAMED_RESULT) for item in told}
    return [f"{code.rpartition('-')[2]}: {name}" if code else name for code, name in (own | given).items()]


def free_result_codes(dossier: Dossier) -> Iterator[str]:
    """Codes for the desk's own results: numbered past those that the portal gave."""
    return (result_code(dossier.code, number) for number in free_result_numbers(dossier))


def free_result_numbers(dossier: Dossier, after: int = 0) -> Iterator[int]:
    """Numbers above ``after`` that no result of the portal's has."""
    told = (dossier.portal_told or {}).get("DanhSachGiayToKetQua") or ()
    taken = {str(item.get("MaGiayToKetQua") or "") for item in told}
    return (number for number in count(after + 1) if result_code(dossier.code, number) not in taken)


def originals_back(dossier: Dossier, wanted: Sequence[OriginalBack]) -> list[dict[str, Any]]:
    """The papers that go back, with their names. Raises UserError ``component_unknown``, ``component_invalid``."""
    rows = {item.code: item for item in dossier.components}
    lines = []
    for paper in wanted:
        row = rows.get(paper.code)
        if row is None:
            raise UserError("component_unknown", f"Hồ sơ không có thành phần «{paper.code}». Hãy mở lại hồ sơ.")
        if not 1 <= paper.count <= row.originals:
            raise UserError(
                "component_invalid",
                f"Hồ sơ chỉ có {row.originals} bản chính của «{row.name}», không trả lại {paper.count} bản được.",
            )
        lines.append({"code": row.code, "name": row.name, "count": paper.count})
    return lines


def handing_details(dossier: Dossier, handing: Handing, by: str) -> dict[str, Any]:
    """What the event of a return keeps of it. Raises UserError ``component_unknown``, ``component_invalid``.

    Of a parcel also where it goes, even where that is not known: the label leaves room to write it.
    """
    parcel = {"address": handing.address, "phone": handing.phone} if by == "post" else {}
    details = {
        "by": by,
        "to": handing.to or dossier.applicant.name,
        "to_number": handing.to_number,
        "authority": handing.authority,
        "carrier": handing.carrier,
        "tracking": handing.tracking,
        "results": result_lines(dossier, handing.results) if handing.results else [],
        "originals": originals_back(dossier, handing.originals),
    }
    return {name: value for name, value in details.items() if value} | parcel


def said_on_slip(handing: Handing, by: str, owner: str, results: Sequence[str]) -> dict[str, Any]:
    """What a return slip says that the clerk can still change, as a print job keeps it.

    ``handing`` as cleaned; ``owner``: the applicant; ``results``: names of those of the procedure.
    """
    named = handing.results or [ResultOut(name) for name in results] or [ResultOut(UNNAMED_RESULT)]
    return {
        "by": by,
        "to": handing.to or owner,
        "to_number": handing.to_number,
        "authority": handing.authority,
        "results": [[each.name, each.number] for each in named],
        "originals": sorted([paper.code, paper.count] for paper in handing.originals),
    }


def slip_of_dossier(dossier: Dossier, handing: Handing, by: str) -> dict[str, Any]:
    """What the slip of this dossier says of a handing out."""
    return said_on_slip(handing, by, dossier.applicant.name, [item.name for item in dossier.procedure.results])


def record_delivery(
    session: Session, dossier: Dossier, handing: Handing, by: str, at: datetime, actor: str
) -> dict[str, Any]:
    """Write a delivery down and move the delivery axis; the details for the event that tells of it.

    A slip that was printed to be signed is named with its moment: it is the one that the receiver holds. Raises
    UserError ``component_…``, and ``slip_outdated`` where what was signed says something else.
    """
    details = handing_details(dossier, handing, by)
    signed = by == "counter" and handing.signed
    slip = _slip(session, dossier, handing, by, signed=signed)
    delivery = Delivery(
        dossier=dossier,
        attempt=attempts(session, dossier) + 1,
        way=by,
        state="signed" if signed else STATE_BY_WAY[by],
        to_name=details["to"],
        to_number=handing.to_number,
        authority=handing.authority,
        carrier=handing.carrier,
        tracking=handing.tracking,
        address=handing.address,
        phone=handing.phone,
        results=result_lines(dossier, handing.results),
        originals=details.get("originals", []),
        sent_at=at,
        sent_by=actor,
    )
    session.add(delivery)
    dossier.delivery_state = AXIS[delivery.state]
    if by != "online":
        details |= shelf_moves.leave(session, dossier, at, actor)
    return details | ({"slip": [slip.issue, slip.printed_at.isoformat()]} if slip else {})


def _slip(session: Session, dossier: Dossier, handing: Handing, by: str, *, signed: bool) -> PrintedSlip | None:
    """The slip that says what is handed out; where nobody signed, one that says something else does not matter."""
    try:
        return slip_saying(slips_of_next(session, dossier), slip_of_dossier(dossier, handing, by))
    except UserError:
        if signed:
            raise
        return None
