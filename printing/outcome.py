"""How an attempt to print can fail: certainly not printed, or not known."""

from __future__ import annotations

from counter_app.errors import KnownError


class PrinterUnavailable(KnownError):  # noqa: N818 (a state of affairs, not a mistake)
    """Nothing was printed, for certain: the same job may be tried again.

    Kinds: ``printer_off``, ``printer_out_of_paper``, ``printer_cover_open``, ``printer_stopped``,
    ``printer_busy``, ``printer_refused``, ``printer_untrusted``, ``printer_driver_missing``.
    """


class PrintOutcomeUnknown(KnownError):  # noqa: N818 (likewise)
    """Bytes had begun to go (``print_outcome_unknown``): only a person can say whether paper came out."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "print_outcome_unknown",
            f"{what}, không rõ giấy đã in ra đủ chưa. Xem máy in, rồi vào Cài đặt, thẻ «Lệnh in»: giấy đã ra đủ thì "
            "bấm «Giấy đã ra», chưa thì bấm «In lại».",
        )


def printer_off(where: str, detail: object) -> PrinterUnavailable:
    """Nobody answers at the printer's address."""
    return PrinterUnavailable(
        "printer_off",
        f"Không kết nối được máy in {where}. Kiểm tra máy in đã bật và đã cắm dây mạng hoặc dây USB; "
        "phiếu vẫn chờ và sẽ tự in khi máy in sẵn sàng.",
        detail=str(detail),
    )


def out_of_paper(where: str) -> PrinterUnavailable:
    """The printer says that its paper is out."""
    return PrinterUnavailable(
        "printer_out_of_paper",
        f"Máy in {where} hết giấy. Nạp thêm giấy; phiếu vẫn chờ và sẽ tự in.",
    )


def paper_low(where: str) -> str:
    """A word for the clerk while the printer still prints."""
    return f"Máy in {where} sắp hết giấy. Chuẩn bị sẵn giấy để thay."


def halted_with_job(where: str) -> str:
    """A word for the clerk when a printer that keeps its jobs has stopped in the midst of one."""
    return (
        f"Máy in {where} đã nhận lệnh nhưng đang dừng giữa chừng. Xem máy in (hết giấy, kẹt giấy…); xử lý xong máy in "
        "tự in tiếp, không cần in lại."
    )


def cover_open(where: str) -> PrinterUnavailable:
    """The printer says that a cover is open."""
    return PrinterUnavailable(
        "printer_cover_open",
        f"Nắp máy in {where} đang mở. Đóng nắp lại; phiếu vẫn chờ và sẽ tự in.",
    )


def stopped(where: str, reason: str) -> PrinterUnavailable:
    """The printer says that it cannot print, for another reason."""
    return PrinterUnavailable(
        "printer_stopped",
        f"Máy in {where} đang dừng ({reason}). Xem màn hình máy in và xử lý lỗi; phiếu vẫn chờ và sẽ tự in.",
        reason=reason,
    )


def refused(where: str, reason: str) -> PrinterUnavailable:
    """The printer does not take this job, whatever one waits."""
    return PrinterUnavailable(
        "printer_refused",
        f"Máy in {where} không nhận lệnh in ({reason}). Chọn máy in khác trong phần Máy in, hoặc gọi người quản trị.",
        reason=reason,
    )


def driver_missing(where: str, package: str) -> PrinterUnavailable:
    """A library or program that this kind of printer needs is not on this machine."""
    return PrinterUnavailable(
        "printer_driver_missing",
        f"Máy này chưa có phần mềm để dùng máy in {where} (thiếu {package}). "
        "Gọi người quản trị cài thêm, hoặc chọn máy in nối mạng.",
        package=package,
    )
