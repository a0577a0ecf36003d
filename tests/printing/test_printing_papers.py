"""Papers of a real dossier to real printers: printed once, and on another printer when the first is dead."""

from __future__ import annotations

import pytest

from counter_app.errors import KnownError, UserError
from counter_app.services.desk import DeskContext
from counter_app.services.papers import print_now
from counter_app.services.receive import receive
from tests.catalogue_samples import full_request
from tests.printing.real_printers import RawPrinter, free_port


def test_slip_waiting_for_a_dead_printer_goes_to_another_and_only_once(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    with pytest.raises(KnownError, match="Không kết nối được máy in"):
        print_now(desk, code, "thermal", f"tcp://127.0.0.1:{free_port()}")
    with RawPrinter().listening() as printer:
        done = print_now(desk, code, "thermal", printer.uri)
        assert (done.state, done.printer) == ("printed", printer.uri)
        assert printer.done.wait(10)
        with pytest.raises(UserError) as refusal:
            print_now(desk, code, "thermal", printer.uri)
        assert refusal.value.kind == "already_printed"
    assert len(printer.received) == 1


def test_narrow_paper_gets_a_narrow_slip(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    with RawPrinter().listening() as printer:
        print_now(desk, code, "thermal", printer.uri, width_mm=80)
        assert printer.done.wait(10)
        printer.done.clear()
        print_now(desk, code, "thermal", printer.uri, width_mm=58, reprint=True)
        assert printer.done.wait(10)
    wide, narrow = printer.received
    assert len(narrow) < len(wide) * 0.9
