"""How long the model-based tests look, and where they begin.

``COUNTER_TEST_PROFILE``: ``ci`` (the default) or ``nightly``. ``COUNTER_TEST_SEED``: a number; by default ``ci``
always begins at the same place, and ``nightly`` at another one each time, which the head of the report tells.
``COUNTER_TEST_EXAMPLES``: another number of examples than the profile's. See docs/testing-sync.md.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Final, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings

T = TypeVar("T", bound=Callable[..., object])

PROFILES: Final = {"ci": 200, "nightly": 2000}
"""Examples of each profile."""
NAME: Final = os.environ.get("COUNTER_TEST_PROFILE", "ci")
EXAMPLES: Final = int(os.environ.get("COUNTER_TEST_EXAMPLES") or PROFILES[NAME])
SEED: Final = int(
    os.environ.get("COUNTER_TEST_SEED") or (1 if NAME == "ci" else random.SystemRandom().randrange(2**32))
)
os.environ["COUNTER_TEST_SEED"] = str(SEED)  # for the processes among which xdist spreads the tests
TIMEOUT_SECONDS: Final = 120 + 5 * EXAMPLES
"""For pytest-timeout: several times what the examples take, which a hang passes all the same."""

_held = 0


def register() -> None:
    """Make the profiles known. None is loaded: the other property tests keep their own measure."""
    for name in PROFILES:
        settings.register_profile(
            name,
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            print_blob=True,
            report_multiple_bugs=False,
            # Making a failing run of a whole portal smaller takes minutes; the seed brings the run back as it was.
            phases=[Phase.explicit, Phase.generate],
            # A seed alone has to lead to the same runs.
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        )


def model(machine: T) -> T:
    """Give a state machine's test case the chosen profile and seed."""
    machine.settings = settings.get_profile(NAME)  # type: ignore[attr-defined]
    return machine


def seeded(machine: T) -> T:
    """Let a state machine begin at the chosen seed."""
    return hypothesis.seed(SEED)(machine)


def count_example() -> None:
    """One more example came to its end and held."""
    global _held
    _held += 1


def held() -> int:
    """How many examples have held."""
    return _held


def report_line() -> str:
    """What somebody needs to see the same runs again."""
    return f"model-based tests: COUNTER_TEST_PROFILE={NAME} COUNTER_TEST_SEED={SEED} COUNTER_TEST_EXAMPLES={EXAMPLES}"
