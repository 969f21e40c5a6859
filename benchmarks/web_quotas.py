"""How long the quotas of a whole country take: `python -m benchmarks.web_quotas`.

98 municipalities with made-up figures of the size of Denmark in 2024: computed once, and a what-if set beside it. Exits
with 1 where the median of either is over its target.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from fodfaeste.data.quota_figures import made_up_figures
from fodfaeste.place.quota import differences, quota

RUNS = 50
TARGET = 0.100
NATIONAL, MORE = 600, 900


def milliseconds(work: Callable[[], object]) -> list[float]:
    """Time some work so many times, after once that does not count."""
    work()
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)


def main() -> int:
    """Measure and print; 1 where it is too slow."""
    figures = made_up_figures()
    before = quota(figures, NATIONAL)
    works = {
        "quotas of 98 municipalities": lambda: quota(figures, NATIONAL),
        "what if, beside them": lambda: differences(before, quota(figures, MORE)),
    }
    slowest = 0.0
    for name, work in works.items():
        taken = milliseconds(work)
        slowest = max(slowest, statistics.median(taken))
        print(f"{name:30} median {statistics.median(taken):6.2f} ms, slowest of {RUNS} {taken[-1]:6.2f} ms")
    return 0 if slowest <= 1000 * TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
