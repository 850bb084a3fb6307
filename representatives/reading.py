"""Where a House can be read from: an API, its answers in files, or a table."""

import datetime
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings

from representatives import names, portraits
from representatives.errors import SourceError, UnexpectedAnswerError
from representatives.house import House
from representatives.models import Constituency, Representative
from representatives.parliament import today
from representatives.sources import members, parliament, theyworkforyou
from representatives.sources.answers import ApiAnswers, FileAnswers, KeptAnswers
from representatives.sources.http import Client
from representatives.sources.parliament import SeatInForce
from representatives.syncing import Source

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def _nothing() -> None:
    """Do nothing: nobody has to be shown that one is at work."""


def kept_folder() -> Path:
    """Where the answers of a run are kept, for the next one if it is interrupted."""
    return Path(settings.VAR_DIR) / "members-sync"


def forget_kept() -> None:
    """Have the next run ask for everything anew."""
    shutil.rmtree(kept_folder(), ignore_errors=True)


def renew_portraits(
    client: Client, go_on: Callable[[], object] = lambda: None
) -> tuple[int, list[str]]:
    """Fetch the portraits that are missing or old; see ``portraits.renew``.

    ``go_on`` is called before each, and may raise.
    """

    def fetch(parliament_id: int) -> bytes | None:
        go_on()
        return client.picture(f"/api/Members/{parliament_id}/Thumbnail")

    return portraits.renew(portraits.of_sitting(), fetch, today())


def from_api(
    client: Client,
    *,
    now: datetime.datetime,
    day: datetime.date,
    tell: Callable[[], object] = lambda: None,
) -> Source:
    """Read Parliament's Members API; ``tell`` hears of each answer."""
    folder = kept_folder()

    def read(alive: Callable[[], object]) -> House:
        client.alive = alive
        asked = ApiAnswers(client, day)
        kept = KeptAnswers.begun(asked, folder, now, tell)
        try:
            return parliament.read(kept, _seats())
        except UnexpectedAnswerError:
            # Whatever is wrong with them is not to be read again.
            kept.forget()
            raise
        finally:
            # The turn ends now, and portraits may be asked for afterwards.
            client.alive = _nothing

    return Source(client.base, read)


def from_theyworkforyou(client: Client, key: str, day: datetime.date) -> Source:
    """Read TheyWorkForYou's list of MPs, for what it tells of those whom we know."""

    def read(alive: Callable[[], object]) -> House:
        client.alive = alive
        try:
            answer = client.json(
                theyworkforyou.PATH,
                {"key": key, "output": "json"},
                theyworkforyou.KINDS,
            )
            codes = {name: seat.code for name, seat in _seats().items()}
            sittings = theyworkforyou.read(answer, codes)
        except SourceError as error:
            # Nothing may tell the key: not their words, nor a cause with the address.
            raise type(error)(str(error).replace(key, "…")) from None
        known = Representative.objects.select_related("constituency")
        return theyworkforyou.house(sittings, known, day)

    return Source(client.base, read)


def from_files(path: Path, as_of: datetime.date | None = None) -> Source:
    """Read saved answers of the API (a folder or a zip of one), or a table (CSV).

    Args:
        path: the folder or file.
        as_of: the day of a table whose name does not say it.

    Raises:
        SourceError: there is nothing of the kind.

    """
    if path.suffix.lower() == ".csv":
        return Source(path.name, lambda _alive: _from_table(path, as_of))
    answers = FileAnswers.open(path)
    return Source(path.name, lambda _alive: parliament.read(answers, _seats()))


def _from_table(path: Path, as_of: datetime.date | None) -> House:
    day = as_of or _day_in(path.name)
    if day is None:
        raise SourceError(
            f"{path} does not say of which day it is. Say it with --as-of, as in"
            " --as-of 2026-06-27."
        )
    in_force = Constituency.objects.current().values_list("code", "in_force_from")
    return House(
        as_of=day,
        provenance=members.PROVENANCE,
        members=members.read(path, dict(in_force)),
    )


def _day_in(name: str) -> datetime.date | None:
    found = _DATE.search(name)
    try:
        return datetime.date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _seats() -> dict[str, SeatInForce]:
    """Every seat by its name, however that is written."""
    in_force = Constituency.objects.current()
    named = in_force.values_list("name", "code", "in_force_from")
    return {names.plain(name): SeatInForce(code, since) for name, code, since in named}
