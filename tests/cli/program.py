"""The real program in a process of its own, and what its contract promises of every answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("COUNTER_")}


def run(
    directory: Path | None, *arguments: str | bytes, stdin: str | bytes | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one command as it is typed; ``stdin`` is what is piped in."""
    data = [] if directory is None else ["--data", str(directory)]
    done = subprocess.run(
        [sys.executable, "-m", "counter_app", *data, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin or b"",
        capture_output=True,
        env={**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        timeout=100,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


def answer(directory: Path, *arguments: str, stdin: Any = None, **environment: str) -> dict[str, Any]:
    """The one JSON document of a command that is done."""
    piped = stdin if stdin is None or isinstance(stdin, str) else json.dumps(stdin)
    done = run(directory, "--json", *arguments, stdin=piped, **environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    return found


def error(directory: Path | None, status: int, *arguments: str | bytes, stdin: Any = None) -> dict[str, Any]:
    """The error of a command that is refused (1) or met a fault (3), once the contract was kept."""
    piped = stdin if stdin is None or isinstance(stdin, str | bytes) else json.dumps(stdin)
    done = run(directory, "--json", *arguments, stdin=piped)
    assert done.returncode == status, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    assert list(document) == ["error"]
    found: dict[str, Any] = document["error"]
    assert found["kind"].islower()
    assert found["message"] in done.stderr
    return found
