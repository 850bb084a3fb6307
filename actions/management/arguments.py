"""What several commands read from their command lines."""

import math
from argparse import ArgumentTypeError
from typing import Final

HIGHEST_PORT: Final = 65_535
LONGEST_WAIT: Final = 60.0


def port(text: str) -> int:
    """Read a port; raises what argparse expects."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= HIGHEST_PORT:
        message = f"a port is a number from 1 to {HIGHEST_PORT}, not {text!r}"
        raise ArgumentTypeError(message)
    return int(text)


def seconds(text: str) -> float:
    """Read how long to wait; raises what argparse expects."""
    try:
        wait = float(text)
    except ValueError:
        wait = math.nan
    if not 0 < wait <= LONGEST_WAIT:
        message = f"a number of seconds up to {LONGEST_WAIT:.0f}, not {text!r}"
        raise ArgumentTypeError(message)
    return wait
