"""Empty places to measure in: a temporary folder, a database, the environment.

Nothing of the user's is touched: neither ``var/`` nor the database that
``DATABASE_URL`` names, on whose server a new one is made for the time being.
"""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT: Final = Path(__file__).resolve().parent.parent
# What a user may have set must not decide what is measured.
_OF_POSTBAG: Final = (
    "ALLOWED_HOSTS",
    "ANYMAIL_BACKEND",
    "CONTROLLER_CONTACT",
    "CONTROLLER_NAME",
    "DATABASE_URL",
    "DEBUG",
    "MAIL_URL",
    "PORT",
    "PROXY_COUNT",
    "SECRET_KEY",
    "SENDER_ADDRESS",
    "SITE_URL",
    "WEB_WORKERS",
)
# The limits are there to be met by people; what is measured is the way below them.
_UNLIMITED: Final = {
    "READS_PER_MINUTE": "100000000",
    "LETTERS_PER_ADDRESS_PER_HOUR": "100000000",
    "LETTERS_PER_MAILBOX_PER_DAY": "100000000",
    "DEEDS_PER_ADDRESS_PER_HOUR": "100000000",
    "LEAST_SECONDS_TO_READ": "0",
    "LETTERS_PER_MP_PER_HOUR": "1000000",
    "LETTERS_PER_MP_PER_HOUR_OTHERWISE": "1000000",
    "LETTERS_PER_HOUR": "1000000",
    "LETTERS_PER_HOUR_OTHERWISE": "1000000",
}

Environment = dict[str, str]


@contextmanager
def place(database_url: str = "") -> Iterator[Environment]:
    """Make a place with the demo set up in it; give the environment that leads there.

    Args:
        database_url: a PostgreSQL database beside which a new one is made; SQLite in
            the temporary folder without it.

    """
    with tempfile.TemporaryDirectory(prefix="postbag-bench-") as folder:
        environment = {
            name: value for name, value in os.environ.items() if name not in _OF_POSTBAG
        }
        environment |= {
            **_UNLIMITED,
            "DELIVERY": "demo",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "POSTBAG_VAR": folder,
        }
        if database_url:
            with _new_database(database_url) as address:
                yield _set_up({**environment, "DATABASE_URL": address})
        else:
            yield _set_up(environment)


def live(environment: Environment, mail_port: int) -> Environment:
    """Turn a place into one that really sends, to a mail server on this machine."""
    return {
        **environment,
        "DELIVERY": "live",
        "MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "SENDER_ADDRESS": "letters@postbag.example",
        "SECRET_KEY": uuid.uuid4().hex * 2,
        "SITE_URL": "https://postbag.example",
        "PROXY_COUNT": "1",
        "ALLOWED_HOSTS": "postbag.example",
        "CONTROLLER_NAME": "Postbag Example",
        "CONTROLLER_CONTACT": "privacy@postbag.example",
        # The shipped members may be of any age; nobody but this machine is asked.
        "MEMBERS_OLD_AFTER_DAYS": "100000",
        "SYNC_MEMBERS": "0",
    }


def _set_up(environment: Environment) -> Environment:
    subprocess.run(
        [sys.executable, "manage.py", "set_up_demo"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return environment


@contextmanager
def _new_database(address: str) -> Iterator[str]:
    name = f"postbag_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(name)
            )
        )
        try:
            yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
        finally:
            server.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
