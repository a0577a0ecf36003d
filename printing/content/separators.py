"""Separators of a stack that goes through the feeder: cover sheets, and stickers for the first page of a paper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparatorContent:
    """What one separator says. ``payload`` is its QR's text; the rest is for people.

    ``paper_name`` and ``paper_code`` are those of the component or result, None where the whole dossier is meant;
    ``place`` tells the sheet among those printed together ("2/5").
    """

    payload: str
    dossier_code: str
    paper_name: str | None = None
    paper_code: str | None = None
    applicant_name: str | None = None
    place: str | None = None
