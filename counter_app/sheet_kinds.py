"""Which kind of paper a form comes out on: each kind has its printer, tray and number of sides."""

from __future__ import annotations

THERMAL_FORM = "thermal"
THERMAL_FORMS = (THERMAL_FORM, "scan_sticker")
"""What comes out of the receipt printer."""
SHEET_KINDS = {
    "apology": "letters",
    "apologies": "letters",
    "stop_notice": "letters",
    "apology_list": "lists",
    "handover_list": "lists",
    "fee_closing": "lists",
    "register": "lists",
    "post_label": "labels",
    "scan_cover": "letters",
    "scan_label": "labels",
    "scan_label_sheet": "letters",
}
"""Under which name of PrinterSettings a form falls; all others are slips."""
