"""One benchmark in its place: ``python -m benchmarks.inside NAME``.

Its own process, because settings are read once. The exit code is 1 when a target is
missed, 2 when nothing could be measured.
"""

import importlib
import sys

import django

from benchmarks.figures import NotMeasuredError


def main(name: str) -> int:
    """Take the figures of one benchmark and print them."""
    django.setup()
    benchmark = importlib.import_module(f"benchmarks.{name}")
    is_missed = False
    try:
        for figure in benchmark.figures():
            print(f"  {figure.line()}", flush=True)
            is_missed |= figure.is_missed
    except NotMeasuredError as error:
        print(f"  not measured: {error}", flush=True)
        return 2
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
