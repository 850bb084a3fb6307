"""``make bench``: take every figure, or those that are named."""

import os
import subprocess
import sys
from argparse import ArgumentParser

from benchmarks import places
from benchmarks.places import Environment
from benchmarks.sink import NoSinkError, sinking

BENCHMARKS = {
    "lookups": "Look-ups over HTTP, with a web process's memory afterwards",
    "pages": "Server time of each page",
    "composing": "Composing a letter",
    "delivering": "Delivering, with claim and record",
    "importing": "Importing a directory of postcodes while people look up theirs",
    "starting": "Loading the registers, starting, measuring own words",
}


def main() -> int:
    """Run them one after the other; 1 when any target is missed."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - BENCHMARKS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    worst = max(_take(name) for name in names)
    print("NOT every target is met." if worst else "Every target is met.")
    return worst


def _take(name: str) -> int:
    print(f"{BENCHMARKS[name]}:", flush=True)
    if name == "importing":
        return max(_run_at(url, name) for url in _databases())
    if name != "delivering":
        return _run_at("", name)
    try:
        with sinking() as mail_port:
            return max(_deliver(url, mail_port) for url in _databases())
    except NoSinkError as error:
        print(f"  not measured: {error}", flush=True)
        return 2


def _run_at(database_url: str, name: str) -> int:
    with places.place(database_url) as environment:
        return _run(name, environment)


def _databases() -> list[str]:
    """SQLite, and PostgreSQL where one is named."""
    named = os.environ.get("DATABASE_URL", "")
    return ["", named] if named.startswith("postgres") else [""]


def _deliver(database_url: str, mail_port: int) -> int:
    with places.place(database_url) as environment:
        return _run("delivering", places.live(environment, mail_port))


def _run(name: str, environment: Environment) -> int:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.inside", name],
        cwd=places.ROOT,
        env=environment,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
