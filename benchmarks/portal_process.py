"""Child process: a practice portal for the measurements of the sync; ``python -m benchmarks.portal_process HOST DB``.

Tells its address, and stops when its standard input ends.
"""

from __future__ import annotations

import sys

from counter_app.sandbox import PracticePortal


def main(host: str, database: str) -> int:
    """Answer until standard input ends."""
    with PracticePortal(database, host=host) as portal:
        sys.stdout.write(f"{portal.url}\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
