"""The thin line with real namespaces, for a few seconds; nothing here looks at how long anything took."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import thin_line
from benchmarks.line import network
from benchmarks.line.shaping import Shape
from benchmarks.measuring import CannotMeasureError

SHORT = Shape(rate=300_000.0, delay=0.01, up=4.0, down=0.5)


def test_a_desk_works_over_the_line(tmp_path: Path) -> None:
    try:
        outcome = thin_line.measure(9.0, SHORT, tmp_path, seed=1)
    except CannotMeasureError as error:
        pytest.skip(str(error))
    assert outcome.wire > outcome.counted > 0
    assert outcome.record_size > 1000


def test_without_namespaces_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(name: str) -> None:
        raise CannotMeasureError("no network namespaces here")

    monkeypatch.setattr(network, "_make", refuse)
    monkeypatch.setattr(thin_line, "prepare", lambda *_: tmp_path)
    monkeypatch.setattr(thin_line.run, "__defaults__", (10.0, None, tmp_path, 1))
    assert command.main(["thin_line"]) == 3
    assert "no network namespaces here" in capsys.readouterr().err
