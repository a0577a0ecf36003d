"""Two network namespaces with the thin line between them, for as long as they are needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from benchmarks.line.shaping import Shape, ThinLine
from benchmarks.measuring import CannotMeasureError

PROJECT = Path(__file__).resolve().parent.parent.parent
END_SECONDS = 20


@dataclass
class Network:
    """The running line; ``line`` tells when it is up, ``counts`` (after the end) what each direction carried."""

    desk: str
    portal: str
    line: ThinLine
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def start(self, namespace: str, module: Sequence[str], **environment: str) -> subprocess.Popen[str]:
        """A Python module at one end of the line, its standard output to be read."""
        return subprocess.Popen(
            ["ip", "netns", "exec", namespace, sys.executable, "-m", *module],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )


@contextmanager
def network(shape: Shape, seed: int) -> Iterator[Network]:
    """CannotMeasureError where namespaces or tun devices cannot be made (needs root on Linux)."""
    desk, portal = (f"line-{end}-{os.getpid()}" for end in ("desk", "portal"))
    with ExitStack() as undo:
        for name in (desk, portal):
            _make(name)
            undo.callback(subprocess.run, ["ip", "netns", "del", name], check=False)
        forwarder = undo.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.line.forwarder", desk, portal, json.dumps(asdict(shape)), str(seed)],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        undo.callback(forwarder.kill)
        assert forwarder.stdin is not None
        assert forwarder.stdout is not None
        begin = _told(forwarder.stdout)["begin"]
        running = Network(desk, portal, ThinLine(shape, seed, begin))
        yield running
        forwarder.stdin.close()
        running.counts = _told(forwarder.stdout)
        forwarder.wait(END_SECONDS)


def _make(name: str) -> None:
    try:
        subprocess.run(["ip", "netns", "add", name], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotMeasureError(f"no network namespaces here (they need root on Linux): {error}") from error


def _told(stream: IO[str]) -> dict[str, Any]:
    line = stream.readline()
    if not line:
        raise CannotMeasureError("the line could not be laid: /dev/net/tun, ip and sysctl are needed")
    told: dict[str, Any] = json.loads(line)
    return told
