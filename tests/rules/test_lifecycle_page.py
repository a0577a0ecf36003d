"""The page about the lifecycle is what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from counter_app.rules.lifecycle import TRANSITIONS, Status, step_label

ROOT = Path(__file__).parents[2]


def test_the_page_is_made_from_the_table_as_it_stands() -> None:
    spec = importlib.util.spec_from_file_location("draw_lifecycle", ROOT / "scripts" / "draw_lifecycle.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8") == script.page(), (
        "run scripts/lifecycle_diagram"
    )


def test_every_arrow_of_the_table_is_on_the_page() -> None:
    text = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    arrows = [line for line in text.splitlines() if " --> " in line]
    for before, steps in TRANSITIONS.items():
        for step, after in steps.items():
            if after is not before:
                (line,) = [line for line in arrows if line.strip().startswith(f"{before} --> {after} :")]
                assert step_label(step) in line
    assert all(f"as {status}" in text for status in Status)
