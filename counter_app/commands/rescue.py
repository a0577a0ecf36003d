"""rescue: what waits leaves on a stick, another desk sends it, its receipt comes back."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from counter_app.commands.output import Answer, local_time
from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.portal_link import make_client
from counter_app.services.rescue_export import export_rescue
from counter_app.services.rescue_hold import end_hold, open_holds, take_receipt
from counter_app.services.rescue_send import SendProgress, send_rescue
from counter_app.services.rescue_words import make_passphrase

PASSPHRASE = "COUNTER_RESCUE_PASSPHRASE"


def run_rescue(desk: DeskContext, options: Namespace) -> Answer:
    """One of the five actions."""
    actions: dict[str, Callable[[DeskContext, Namespace], Answer]] = {
        "export": _export,
        "send": _send,
        "receipt": _receipt,
        "list": _list,
        "end": _end,
    }
    return actions[options.action](desk, options)


def _export(desk: DeskContext, options: Namespace) -> Answer:
    passphrase = make_passphrase() if options.make_passphrase else _passphrase()
    made = export_rescue(desk, Path(options.file), passphrase)
    document: dict[str, object] = {
        "id": made.id,
        "file": made.file,
        "dossiers": made.dossiers,
        "messages": made.messages,
        "size": made.size,
        "send_until": made.send_until,
        "held_until": made.held_until,
    }
    lines = [
        f"Đã xuất {made.messages} tin của {made.dossiers} hồ sơ vào «{made.file}».",
        f"Gửi hộ được đến {local_time(made.send_until)}; quầy này giữ lại, không tự gửi, đến "
        f"{local_time(made.held_until)}.",
    ]
    if options.make_passphrase:
        document["passphrase"] = passphrase
        lines.append(f"Mật khẩu của tệp, hãy chép ra giấy và không để cùng thẻ: {passphrase}")
    return Answer(document, tuple(lines), made.left_out)


def _send(desk: DeskContext, options: Namespace) -> Answer:
    client = make_client(desk)
    try:
        done = send_rescue(desk, Path(options.file), _passphrase(), client, _told)
    finally:
        client.close()
    document = {
        "dossiers": done.dossiers,
        "sent": done.sent,
        "left": [{"code": code, "message": words} for code, words in done.left],
        "receipt": done.receipt,
    }
    lines = [f"Đã gửi {done.sent} tin của {done.dossiers} hồ sơ. Mang biên nhận «{done.receipt}» về quầy cũ."]
    return Answer(document, tuple(lines), tuple(f"{code}: {words}" for code, words in done.left))


def _receipt(desk: DeskContext, options: Namespace) -> Answer:
    settled = take_receipt(desk, Path(options.file))
    return Answer({"settled": settled}, (f"Biên nhận cho biết cổng đã nhận {settled} tin.",))


def _list(desk: DeskContext, _options: Namespace) -> Answer:
    holds = open_holds(desk)
    lines = tuple(
        f"{hold.id}\t{hold.file_name}\txuất {local_time(hold.exported_at)}\tgiữ {hold.held} tin đến "
        f"{'lần liên lạc tới' if hold.ended else local_time(hold.held_until)}"
        for hold in holds
    )
    return Answer({"holds": holds}, lines or ("Không có tệp cứu hộ nào đang giữ tin.",))


def _end(desk: DeskContext, options: Namespace) -> Answer:
    end_hold(desk, options.id)
    return Answer({"id": options.id, "ended": True}, ("Khi có mạng, chương trình tra cổng rồi tự gửi phần còn thiếu.",))


def _told(_progress: SendProgress) -> None:
    """A command tells once, at its end."""


def _passphrase() -> str:
    """From the environment, else typed; never on the command line, where others can see it."""
    if PASSPHRASE in os.environ:
        return os.environ[PASSPHRASE]
    if not sys.stdin.isatty():
        raise UserError(
            "rescue_passphrase_missing", f"Chưa có mật khẩu của tệp cứu hộ. Hãy đặt biến {PASSPHRASE} rồi chạy lại."
        )
    return getpass.getpass("Mật khẩu của tệp cứu hộ: ")
