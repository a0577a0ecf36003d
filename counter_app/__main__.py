"""Entry point: ``counter-app`` and ``python -m counter_app``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line (with no command: the window) and end with its exit status."""
    from counter_app.cli import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
