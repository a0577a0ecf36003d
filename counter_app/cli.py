"""The command line: parses, opens the desk, runs one command, reports it; see docs/cli.md for the contract."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import platformdirs

from counter_app import __version__
from counter_app.commands.output import Answer, report, report_error
from counter_app.errors import CounterError, UserError
from counter_app.rules.lifecycle import Status

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext

LARGEST_PAGE = 100_000
"""Rows that one answer may hold."""

STEP_COMMANDS = {
    "hand-over": "chuyển hồ sơ cho phòng, đơn vị xử lý (--unit)",
    "accept": "nhận hồ sơ trực tuyến, hoặc xác nhận đã nhận bàn giao",
    "request-supplement": "yêu cầu bổ sung (--reason)",
    "supplement": "nhận giấy tờ bổ sung (--component), đồng hồ chạy tiếp",
    "request-payment": "yêu cầu nộp phí, lệ phí",
    "pay": "ghi đã nộp phí, lệ phí (--method)",
    "finish": "đã có kết quả",
    "return": "trả kết quả (--by counter|post|online)",
    "refuse": "từ chối tiếp nhận (--reason)",
    "withdraw": "người dân rút hồ sơ",
    "stop": "dừng giải quyết (--reason)",
    "apologise": "xin lỗi và hẹn lại (--reason --unit --new-due)",
}


class _Parser(ArgumentParser):
    """Usage errors in Vietnamese, exit status 2."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"Sai cách dùng: {message}\nXem hướng dẫn: {self.prog} --help\n")


def data_directory(options: Namespace) -> Path:
    """``--data``, else COUNTER_DATA, else the user's own data directory."""
    if options.data:
        return Path(options.data)
    if "COUNTER_DATA" in os.environ:
        return Path(os.environ["COUNTER_DATA"])
    return Path(platformdirs.user_data_dir("counter-app", appauthor=False))


def _moment(text: str) -> object:
    from counter_app.commands.setup import parse_moment

    try:
        return parse_moment(text)
    except UserError as error:
        raise argparse.ArgumentTypeError(error.message) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"«{text}» không phải ngày; ghi như 2026-03-10") from error


def _paper(text: str) -> tuple[str, int, int]:
    """``TP02=1/0``: one original and no copy of TP02."""
    match = re.fullmatch(r"([^=\s]+)=(\d{1,4})/(\d{1,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"«{text}» phải ghi MÃ=BẢN_CHÍNH/BẢN_SAO, ví dụ TP02=1/0")
    return match[1], int(match[2]), int(match[3])


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        raise argparse.ArgumentTypeError(f"«{text}» phải là số từ 1 đến {LARGEST_PAGE}")
    return int(text)


def _year(text: str) -> int:
    from counter_app.commands.setup import FIRST_YEAR, LAST_YEAR

    year = int(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(f"năm phải từ {FIRST_YEAR} đến {LAST_YEAR}")
    return year


def build_parser() -> _Parser:
    """The whole command line."""
    parser = _Parser(prog="counter-app", description="Quầy Một Cửa: tiếp nhận và trả kết quả hồ sơ.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--data", help="thư mục dữ liệu")
    parser.add_argument("--json", action="store_true", help="in một tài liệu JSON")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="LỆNH", parser_class=_Parser)
    shared = _Parser(add_help=False)
    shared.add_argument("--data", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)

    def add(name: str, about: str) -> _Parser:
        return commands.add_parser(name, help=about, description=about, parents=[shared])

    _add_setup(add, shared)
    _add_dossiers(add)
    _add_papers(add)
    _add_portal(add, shared)
    _add_rescue(add, shared)
    return parser


_Add = Callable[[str, str], _Parser]


def _add_setup(add: _Add, shared: _Parser) -> None:
    init = add("init", "tạo thư mục dữ liệu cho một quầy")
    init.add_argument("--office", required=True, help="mã cơ quan, ví dụ H15.36")
    init.add_argument("--office-name", required=True)
    init.add_argument("--desk", type=int, required=True, help="số quầy 0-9")
    init.add_argument("--portal", help="địa chỉ cổng")
    init.add_argument("--user", help="tên đăng nhập cổng")
    catalogue = add("catalogue", "danh mục thủ tục").add_subparsers(dest="action", required=True, parser_class=_Parser)
    entry = catalogue.add_parser("import", parents=[shared])
    entry.add_argument("file", metavar="FILE", help="tệp JSON; «portal» lấy từ cổng; «starter» là danh mục kèm theo")
    catalogue.add_parser("list", parents=[shared]).add_argument("--search")
    catalogue.add_parser("show", parents=[shared]).add_argument("code", metavar="CODE")
    calendar = add("calendar", "lịch làm việc").add_subparsers(dest="action", required=True, parser_class=_Parser)
    calendar.add_parser("import", parents=[shared]).add_argument("file", metavar="FILE")
    calendar.add_parser("show", parents=[shared]).add_argument("year", metavar="YEAR", type=_year)
    due = add("due", "tính ngày hẹn trả")
    due.add_argument("--from", dest="start", type=_moment, required=True)
    due.add_argument("--limit", type=int, required=True)
    due.add_argument("--unit", required=True, choices=("working_day", "working_hour", "calendar_day"))
    add("backup", "sao lưu cơ sở dữ liệu").add_argument("file", metavar="FILE")
    add("restore", "phục hồi từ bản sao lưu").add_argument("file", metavar="FILE")
    add("verify", "kiểm tra cơ sở dữ liệu, tài liệu và lịch sử")


def _add_dossiers(add: _Add) -> None:
    receive = add("receive", "tiếp nhận hồ sơ từ tệp JSON hoặc đầu vào (-)")
    receive.add_argument("file", metavar="FILE|-")
    receive.add_argument("--at", type=_moment, help="thời điểm tiếp nhận (nhập sau)")
    receive.add_argument("--new-due", type=_moment, help="ngày hẹn khi thủ tục chưa rõ thời hạn")
    receive.add_argument("--reason", help="lý do chọn ngày hẹn")
    receive.add_argument("--request-supplement", metavar="LÝ_DO", help="thiếu giấy tờ: nhận kèm yêu cầu bổ sung")
    attach = add("attach", "đính kèm tệp PDF")
    attach.add_argument("code", metavar="CODE")
    attach.add_argument("files", metavar="FILE", nargs="+")
    attach.add_argument("--component")
    attach.add_argument("--result")
    attach.add_argument("--at", type=_moment)
    for name, about in STEP_COMMANDS.items():
        step = add(name, about)
        step.add_argument("code", metavar="CODE")
        for option in ("--reason", "--unit", "--by", "--method", "--to", "--tracking"):
            step.add_argument(option)
        step.add_argument("--new-due", type=_moment)
        step.add_argument("--at", type=_moment)
        step.set_defaults(component=None, incomplete=False, fee=None, reference=None, official_receipt=None)
        step.set_defaults(authority=None, again=None, pay_before=None)
        if name == "return":
            step.add_argument("--authority", metavar="GIẤY", help="giấy ủy quyền, khi --to không phải chủ hồ sơ")
        if name == "pay":
            step.add_argument(
                "--fee", action="append", metavar="MÃ", help="chỉ khoản này (mặc định: mọi khoản chưa nộp)"
            )
            step.add_argument("--reference", metavar="SỐ", help="số giao dịch chuyển khoản")
            step.add_argument("--official-receipt", metavar="SỐ", help="số biên lai")
        if name == "request-supplement":
            why_again = "vì sao yêu cầu thêm, khi đã yêu cầu bổ sung một lần (nếu khác --reason)"
            step.add_argument("--again", metavar="LÝ DO", help=why_again)
        if name == "request-payment":
            step.add_argument("--pay-before", type=_day, metavar="NGÀY", help="hạn nộp, ghi trên thông báo nộp")
        if name == "supplement":
            papers = "giấy tờ đã bổ sung: bản chính/bản sao, ví dụ TP02=1/0"
            step.add_argument("--component", action="append", type=_paper, metavar="MÃ=CHÍNH/SAO", help=papers)
            step.add_argument("--incomplete", action="store_true", help="vẫn nhận khi còn thiếu giấy tờ bắt buộc")
    add("show", "xem một hồ sơ").add_argument("code", metavar="CODE")
    listing = add("list", "danh sách hồ sơ")
    listing.add_argument("--status", choices=[status.value for status in Status])
    listing.add_argument("--overdue", action="store_true")
    listing.add_argument("--due-soon", action="store_true")
    listing.add_argument("--as-of", type=_moment)
    listing.add_argument("--limit", type=_positive, default=100)
    listing.add_argument("--after", metavar="CURSOR")
    search = add("search", "tìm theo mã, tên, số định danh, điện thoại")
    search.add_argument("text", metavar="TEXT")
    search.add_argument("--limit", type=_positive, default=20)


def _add_papers(add: _Add) -> None:
    printing = add("print", "in giấy tờ ra tệp hoặc máy in")
    printing.add_argument("code", metavar="CODE")
    kind = printing.add_mutually_exclusive_group(required=True)
    kind.add_argument("--form", metavar="FORM")
    kind.add_argument("--thermal", action="store_true")
    target = printing.add_mutually_exclusive_group(required=True)
    target.add_argument("--out", metavar="FILE")
    target.add_argument("--to", metavar="PRINTER")
    printing.add_argument("--width", type=int, choices=(58, 80), help="khổ giấy nhiệt, mm")
    printing.add_argument("--reprint", action="store_true", help="in lại: bản in mang chữ «Bản in lại»")
    register = add("register", "sổ theo dõi hồ sơ của một khoảng thời gian")
    register.add_argument("--from", dest="first", type=_day, required=True, metavar="NGÀY")
    register.add_argument("--to", dest="last", type=_day, required=True, metavar="NGÀY")
    register.add_argument("--procedure", metavar="MÃ", help="chỉ thủ tục này")
    register.add_argument("--field", metavar="MÃ", help="chỉ lĩnh vực này")
    register.add_argument("--out", required=True, metavar="FILE.xlsx|FILE.pdf")


def _add_portal(add: _Add, shared: _Parser) -> None:
    sync = add("sync", "đồng bộ với cổng")
    sync.add_argument("--once", action="store_true", help="một lượt, không đợi")
    outbox = add("outbox", "những gì chờ gửi cổng")
    outbox.set_defaults(action="list", limit=500)
    actions = outbox.add_subparsers(dest="action", parser_class=_Parser)
    actions.add_parser("list", parents=[shared]).add_argument("--limit", type=_positive, default=500)
    actions.add_parser("retry", parents=[shared]).add_argument("key", metavar="KEY")
    compare = add("reconcile", "đối soát với cổng, liệt kê sai lệch")
    compare.add_argument("--from", dest="first", type=_day, metavar="NGÀY", help="từ ngày, ví dụ 2026-03-10")
    compare.add_argument("--to", dest="last", type=_day, metavar="NGÀY", help="đến ngày (mặc định: hôm nay)")
    compare.add_argument("--mend", action="store_true", help="xếp hàng gửi lại những gì cổng còn thiếu hoặc khác")
    compare.add_argument("--limit", type=_positive, default=500)
    portal = add("practice-portal", "cổng để tập và thử")
    portal.add_argument("--host", default="127.0.0.1")
    portal.add_argument("--port", type=int, default=0)
    portal.add_argument("--db", metavar="FILE")
    portal.add_argument("--catalogue", metavar="FILE", help="danh mục thủ tục của cổng (mặc định: danh mục kèm theo)")
    portal.add_argument(
        "--fault", action="append", default=[], metavar="TÊN=MỨC", help="lỗi giả lập, ví dụ cut_after_commit=0.2"
    )
    portal.add_argument("--no-idempotency", action="store_true", help="cổng không biết Idempotency-Key")
    portal.add_argument("--seed", type=int)
    add("demo", "mở cửa sổ cùng cổng thực hành và danh mục thật")


def _add_rescue(add: _Add, shared: _Parser) -> None:
    rescue = add("rescue", "mang những gì chờ gửi sang quầy khác cùng cơ quan bằng thẻ nhớ").add_subparsers(
        dest="action", required=True, parser_class=_Parser
    )
    export = rescue.add_parser("export", parents=[shared], help="xuất những gì chờ gửi ra tệp mã hóa")
    export.add_argument("file", metavar="FILE")
    export.add_argument("--make-passphrase", action="store_true", help="chương trình đặt mật khẩu và in ra")
    send = rescue.add_parser("send", parents=[shared], help="gửi hộ tệp của quầy khác")
    send.add_argument("file", metavar="FILE")
    receipt = rescue.add_parser("receipt", parents=[shared], help="nhận biên nhận của quầy đã gửi hộ")
    receipt.add_argument("file", metavar="FILE")
    rescue.add_parser("list", parents=[shared], help="các tệp còn đang giữ tin")
    end = rescue.add_parser("end", parents=[shared], help="kết thúc giữ: không ai gửi hộ tệp này nữa")
    end.add_argument("id", metavar="ID")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1, 2 or 3 as the contract has it."""
    _speak_utf8()
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = build_parser()
    if any(0xD800 <= ord(char) <= 0xDFFF for text in given for char in text):
        parser.error("có tham số chứa ký tự không phải Unicode (UTF-8); hãy gõ lại hoặc đổi tên tệp đó")
    options = parser.parse_args(given)
    try:
        answer = _run(options)
    except CounterError as error:
        report_error(error, as_json=options.json)
        return 1 if isinstance(error, UserError) else 3
    except KeyboardInterrupt:
        return 130
    try:
        report(answer, as_json=options.json)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return answer.status


def _speak_utf8() -> None:
    """Other programs read our JSON as UTF-8, whatever the machine's code page; that of Windows lacks "ế"."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


def _run(options: Namespace) -> Answer:
    directory = data_directory(options)
    if options.command in (None, "demo", "practice-portal"):
        from counter_app.commands import windows

        return windows.run(directory, options)
    from counter_app.commands import setup
    from counter_app.services.desk import open_desk

    if options.command == "init":
        return setup.run_init(directory, options)
    if options.command == "restore":
        return setup.run_restore(directory, options)
    handler = _handler(options)
    desk = open_desk(directory)
    try:
        return handler(desk, options)
    finally:
        desk.close()


def _handler(options: Namespace) -> Callable[[DeskContext, Namespace], Answer]:
    """What does the command; the slower modules are imported only for the commands that need them."""
    if options.command == "print":
        from counter_app.commands.papers import run_print

        return run_print
    if options.command == "register":
        from counter_app.commands.register import run_register

        return run_register
    if options.command in ("sync", "outbox"):
        from counter_app.commands import syncing

        return syncing.run_sync if options.command == "sync" else syncing.run_outbox
    if options.command == "reconcile":
        from counter_app.commands.reconcile import run_reconcile

        return run_reconcile
    if options.command == "rescue":
        from counter_app.commands.rescue import run_rescue

        return run_rescue
    from counter_app.commands import dossiers, setup

    if options.command in STEP_COMMANDS:
        return dossiers.run_step
    return {
        "catalogue import": setup.run_catalogue_import,
        "catalogue list": setup.run_catalogue_list,
        "catalogue show": setup.run_catalogue_show,
        "calendar import": setup.run_calendar_import,
        "calendar show": setup.run_calendar_show,
        "due": setup.run_due,
        "backup": setup.run_backup,
        "verify": setup.run_verify,
        "receive": dossiers.run_receive,
        "attach": dossiers.run_attach,
        "show": dossiers.run_show,
        "list": dossiers.run_list,
        "search": dossiers.run_search,
    }[f"{options.command} {options.action}" if "action" in options else options.command]
