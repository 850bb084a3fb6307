"""Look-ups over HTTP with everything in the way, beside a view that does nothing."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import quote

from benchmarks import load
from benchmarks.figures import Figure, Target, median
from benchmarks.servers import POSTBAG, TRIVIAL, Server, serving
from representatives.models import PostcodeSector

LEAST_SHARE: Final = 0.3
MOST_MILLISECONDS: Final = 10
MOST_MEGABYTES: Final = 120
POSTCODES: Final = 5_000
# Short turns, one server after the other: what else runs on the machine meets both.
ROUNDS: Final = 5
SECONDS_A_ROUND: Final = 2
# The letters that stand in the last part of a postcode.
_UNITS: Final = [a + b for a in "ABDEFGHJLNPQRSTUWXYZ" for b in "ABDEFGHJLNPQRSTUWXYZ"]


def figures() -> Iterator[Figure]:
    """Ask both servers in turns; the middle one of the rounds counts."""
    with ExitStack() as stack:
        paths = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "paths"
        paths.write_text("\n".join(some_paths()) + "\n")
        trivial = stack.enter_context(serving(TRIVIAL))
        postbag = stack.enter_context(serving(POSTBAG))
        for server in (trivial, postbag):
            load.put_on(server.port, paths, seconds=1)
        borne: dict[Server, list[load.Load]] = {trivial: [], postbag: []}
        for _ in range(ROUNDS):
            for server, loads in borne.items():
                loads.append(load.put_on(server.port, paths, SECONDS_A_ROUND))
        yield from _speed(borne[postbag], borne[trivial])
        yield memory(postbag, trivial)


def some_paths() -> Iterator[str]:
    """Make look-ups of postcodes picked at random from those that are loaded."""
    chosen = random.Random(1)  # noqa: S311 - the same ones in every run
    sectors = list(PostcodeSector.objects.current().values_list("sector", "units"))
    for sector, units in chosen.choices(sectors, k=POSTCODES):
        at = chosen.randrange(0, len(units), 2)
        postcode = quote(sector + units[at : at + 2])
        yield f"/api/v1/representatives/?postcode={postcode}"


def a_split_postcode() -> str:
    """Make up a postcode that the directory lacks in a sector of several seats."""
    sectors: dict[str, str] = {}
    rows = PostcodeSector.objects.current().order_by("sector")
    for sector, units in rows.values_list("sector", "units"):
        if sector in sectors:
            known = sectors[sector] + units
            taken = {known[at : at + 2] for at in range(0, len(known), 2)}
            return sector + next(unit for unit in _UNITS if unit not in taken)
        sectors[sector] = units
    raise LookupError


def memory(postbag: Server, trivial: Server) -> Figure:
    """Measure a web process after whatever it was asked."""
    return Figure(
        name="a web process's memory",
        value=postbag.megabytes(),
        unit="MB",
        yardstick=trivial.megabytes(),
        yardstick_name="the trivial view's",
        target=Target.AT_MOST,
        limit=MOST_MEGABYTES,
    )


def _speed(postbag: list[load.Load], trivial: list[load.Load]) -> Iterator[Figure]:
    remark = f"{load.CONNECTIONS} connections, load by {load.generator()}"
    yield Figure(
        name="look-ups a second",
        value=median([borne.a_second for borne in postbag]),
        unit="/s",
        yardstick=median([borne.a_second for borne in trivial]),
        yardstick_name="a trivial view",
        target=Target.SHARE_OF_YARDSTICK,
        limit=LEAST_SHARE,
        remark=remark,
    )
    yield Figure(
        name="time of 99 look-ups in 100",
        value=median([borne.p99 for borne in postbag]),
        unit="ms",
        yardstick=median([borne.p99 for borne in trivial]),
        yardstick_name="a trivial view",
        target=Target.AT_MOST,
        limit=MOST_MILLISECONDS,
        remark=f"median {median([borne.p50 for borne in postbag]):.1f} ms",
    )
