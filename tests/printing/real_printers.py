"""Printers to print on: CUPS' own IPP printer on a bus of its own, and a raw port that can misbehave."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
"""
AVAHI_CONFIG = """[server]
use-ipv6=no
allow-interfaces=lo
enable-dbus=yes
[wide-area]
enable-wide-area=no
"""
TOOLS = ("ippeveprinter", "dbus-daemon", "avahi-daemon")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class IppPrinter:
    """A running ``ippeveprinter``; every document that it took lies in ``folder``."""

    port: int
    folder: Path

    @property
    def uri(self) -> str:
        return f"ipp://localhost:{self.port}/ipp/print"

    def documents(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.folder.glob("*.pdf"))]

    def asked(self) -> dict[str, str]:
        """What the last job asked for, as the printer hands it to the program that prints."""
        lines = (self.folder.parent / "asked").read_text().splitlines()
        return dict(line.partition("=")[::2] for line in lines)

    def load_paper(self, main: int, by_pass: int) -> None:
        """Put so many sheets into the two trays, through the printer's own web page."""
        main_tray = {"size1": "iso_a4_210x297mm", "type1": "stationery", "level1": str(main)}
        other = {"size3": "na_number-10_4.125x9.5in", "type3": "envelope", "level3": str(by_pass)}
        query = urlencode({**main_tray, **other})
        with urlopen(f"http://localhost:{self.port}/media?{query}", timeout=10) as page:
            page.read()


@contextmanager
def _daemon(*command: str, ready: str | None, env: dict[str, str]) -> Iterator[None]:
    """Run a program; go on when it has written *ready* to its output."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=env
    )
    started = Event()
    said: list[str] = []

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if ready is None or ready in line:
                started.set()
        started.set()

    listener = Thread(target=listen, name=f"output of {command[0]}")
    listener.start()
    try:
        assert started.wait(20), "".join(said)
        assert process.poll() is None, "".join(said)
        yield
    finally:
        process.terminate()
        process.wait(10)
        listener.join(10)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def ipp_printer(folder: Path, formats: str = "application/pdf") -> Iterator[IppPrinter]:
    """``ippeveprinter`` announces itself over Avahi or does not run at all: it gets a private bus."""
    for name in TOOLS:
        if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None:
            pytest.skip(f"{name} is missing (packages cups-ipp-utils, avahi-daemon, dbus)")
    (folder / "bus.conf").write_text(BUS_CONFIG.format(folder=folder))
    (folder / "avahi.conf").write_text(AVAHI_CONFIG)
    documents = folder / "documents"
    documents.mkdir()
    env = {
        **os.environ,
        "PATH": f"{os.environ['PATH']}:/usr/sbin",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus",
    }
    port = free_port()
    with ExitStack() as running:
        bus = ("dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--print-address=1")
        running.enter_context(_daemon(*bus, ready="unix:path", env=env))
        avahi = ("avahi-daemon", "-f", str(folder / "avahi.conf"), "--no-drop-root", "--no-rlimits", "--no-chroot")
        running.enter_context(_daemon(*_with_own_pid_file(avahi), ready="startup complete", env=env))
        # Without a command of its own the printer plays a slow machine for 5 to 15 seconds a job.
        command = folder / "print"
        command.write_text(f"#!/bin/sh\nenv | grep ^IPP_ > {folder}/asked\n")
        command.chmod(0o755)
        printer = ("ippeveprinter", "-k", "-2", "-d", str(documents), "-p", str(port), "-n", "localhost")
        printer += ("-c", str(command), "-K", str(folder), "-vvv", "-f", formats, "Quay")
        running.enter_context(_daemon(*printer, ready="which-jobs-supported", env=env))
        yield IppPrinter(port, documents)


def _with_own_pid_file(avahi: tuple[str, ...]) -> tuple[str, ...]:
    """Avahi runs once a machine, for it keeps its number in one place: this one gets that place for itself alone."""
    place = "/run/avahi-daemon"
    alone = ("unshare", "--mount", "sh", "-c")
    hidden = f"mkdir -p {place} && mount -t tmpfs none {place}"
    if shutil.which("unshare") is None or subprocess.run((*alone, hidden), capture_output=True, check=False).returncode:
        return avahi
    return (*alone, f'{hidden} && exec "$@"', "sh", *avahi)


@dataclass
class RawPrinter:
    """A raw port. ``status`` are the answers to DLE EOT by number; none: it never answers. ``after`` are those once
    the document has come, the same where not given; ``unasked`` goes out with each answer.

    ``cut_after``: it resets the connection when so many bytes of the document have come. ``hangs_up``: it closes
    the line in an orderly way when the whole document of so many bytes has come.
    """

    status: dict[int, int] = field(default_factory=dict)
    after: dict[int, int] | None = None
    unasked: bytes = b""
    hangs_up: int = 0
    asked: list[int] = field(default_factory=list)
    cut_after: int | None = None
    received: list[bytes] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    done: Event = field(default_factory=Event)

    @property
    def uri(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @contextmanager
    def listening(self, port: int = 0) -> Iterator[RawPrinter]:
        with socket.create_server(("127.0.0.1", port)) as server:
            self.port = server.getsockname()[1]
            thread = Thread(target=self._serve, args=(server,), name="raw printer")
            thread.start()
            try:
                yield self
            finally:
                server.shutdown(socket.SHUT_RDWR)
                thread.join(10)

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self._take(connection)

    def _answer(self, connection: socket.socket, what: int, printed: bool) -> None:
        self.asked.append(what)
        answers = self.after if printed and self.after is not None else self.status
        if what in answers:
            connection.sendall(self.unasked + bytes((answers[what],)))

    def _take(self, connection: socket.socket) -> None:
        data = b""
        while True:
            try:
                part = connection.recv(65536)
            except ConnectionError:
                return
            if not part:
                break
            if len(part) == 3 and part[:2] == b"\x10\x04":
                self._answer(connection, part[2], bool(data))
                continue
            data += part
            if self.hangs_up and len(data) >= self.hangs_up:
                break
            if self.cut_after is not None and len(data) >= self.cut_after:
                # Closing with a linger of zero sends a reset: the cable is pulled.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                self.received.append(data)
                self.done.set()
                return
        if data:
            self.received.append(data)
            self.done.set()
