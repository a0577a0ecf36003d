"""The page about the lifecycle is what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from counter_app.rules.lifecycle import TRANSITIONS, Status, label, portal_number, step_label

ROOT = Path(__file__).parents[2]


def drawer() -> Any:
    """The script that makes page and picture."""
    spec = importlib.util.spec_from_file_location("draw_lifecycle", ROOT / "scripts" / "draw_lifecycle.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_page_is_made_from_the_table_as_it_stands() -> None:
    script = drawer()
    assert (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8") == script.page(), (
        "run scripts/lifecycle_diagram"
    )


def test_the_picture_is_drawn_from_the_table_as_it_stands() -> None:
    script = drawer()
    picture = (ROOT / "docs" / "lifecycle.svg").read_text(encoding="utf-8")
    assert script.mark() in picture, "run scripts/lifecycle_diagram"
    assert "](lifecycle.svg)" in script.page()


def test_the_picture_shows_every_status_and_every_step_that_moves_a_dossier() -> None:
    svg = "{http://www.w3.org/2000/svg}"
    tree = ElementTree.parse(ROOT / "docs" / "lifecycle.svg")
    groups = list(tree.iter(f"{svg}g"))
    drawn = {
        str(group.findtext(f"{svg}title")): " ".join(str(text.text) for text in group.iter(f"{svg}text"))
        for group in groups
        if group.get("class") in ("node", "edge")
    }
    for status in Status:
        assert drawn[status.value] == f"{label(status)} [{portal_number(status)}]"
    for before, steps in TRANSITIONS.items():
        for step, after in steps.items():
            if after is not before:
                assert step_label(step) in drawn[f"{before.value}->{after.value}"]


def test_every_arrow_of_the_table_is_on_the_page() -> None:
    text = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    arrows = [line for line in text.splitlines() if " --> " in line]
    for before, steps in TRANSITIONS.items():
        for step, after in steps.items():
            if after is not before:
                (line,) = [line for line in arrows if line.strip().startswith(f"{before} --> {after} :")]
                assert step_label(step) in line
    assert all(f"as {status}" in text for status in Status)
