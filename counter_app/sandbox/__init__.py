"""Practice portal: a real HTTP server that speaks profile 1 of the portal's protocol in full.

For training, demonstrations and tests; it has its own file and shares nothing with the desk's database.
"""

from counter_app.sandbox.faults import FAULTS, FaultRule, parse_fault_option
from counter_app.sandbox.portal import PracticePortal, run

__all__ = ["FAULTS", "FaultRule", "PracticePortal", "parse_fault_option", "run"]
