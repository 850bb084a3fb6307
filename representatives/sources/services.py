"""The two services that may be asked for the seat of one postcode.

Their shapes are those of Parliament's Members API and of postcodes.io, as documented
(field by field in ``tests/live``). Whatever else comes back is no answer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings

from representatives.errors import PostcodeError, ServiceError
from representatives.kept_answers import Service
from representatives.postcodes import Postcode
from representatives.sources import asking
from representatives.sources.asking import Answer


@dataclass(frozen=True, slots=True)
class Told:
    """The seat that a service names: by its name, and by its code, if it has one."""

    name: str
    code: str = ""


def ask(service: Service, postcode: Postcode, *, within: float) -> Told | None:
    """Ask for the seat of a postcode; None if the service does not know the postcode.

    Raises:
        ServiceError: there is no such answer ``within`` so many seconds.

    """
    address, read = _WAYS[service]
    try:
        return read(asking.get(address(postcode), within=within), postcode)
    except ServiceError as error:
        raise ServiceError(f"{service.label}: {error}", error.retry_after) from error
    except (KeyError, TypeError, ValueError, PostcodeError) as error:
        # Neither the cause nor what was read is repeated: they hold the postcode.
        raise ServiceError(
            f"{service.label}: the answer has not the shape that is documented"
        ) from error


def _parliaments_address(postcode: Postcode) -> str:
    search = "/api/Location/Constituency/Search"
    return (
        f"{settings.MEMBERS_API_URL}{search}?searchText={quote(str(postcode), safe='')}"
    )


def _parliaments_answer(answer: Answer, _postcode: Postcode) -> Told | None:
    """Of several seats only those that have not been abolished count."""
    _check(answer, HTTPStatus.OK)
    items = answer.json()["items"]
    if not isinstance(items, list):
        raise TypeError
    seats = [item["value"] for item in items if item["value"]["endDate"] is None]
    if len(seats) > 1:
        raise ServiceError("names several constituencies")
    return Told(name=_text(seats[0]["name"])) if seats else None


def _postcodes_ios_address(postcode: Postcode) -> str:
    return f"{settings.POSTCODES_IO_URL}/postcodes/{quote(str(postcode), safe='')}"


def _postcodes_ios_answer(answer: Answer, postcode: Postcode) -> Told | None:
    """A postcode that was ended is not found, and its last seat not told."""
    _check(answer, HTTPStatus.OK, HTTPStatus.NOT_FOUND)
    written = answer.json()
    if written["status"] != answer.status:
        raise ValueError
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    result = written["result"]
    if Postcode.parse(_text(result["postcode"])) != postcode:
        raise ValueError
    return Told(
        name=_text(result["parliamentary_constituency_2024"]),
        code=_text(result["codes"]["parliamentary_constituency_2024"]),
    )


def _check(answer: Answer, *statuses: HTTPStatus) -> None:
    if answer.status in statuses:
        return
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise ServiceError("wants to be left alone", answer.pause(time.time()) or 60.0)
    raise ServiceError(
        f"answers {answer.status}",
        answer.pause(time.time()) if answer.retry_after else None,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError
    return value.strip()


_Way = tuple[Callable[[Postcode], str], Callable[[Answer, Postcode], Told | None]]
_WAYS: Final[dict[Service, _Way]] = {
    Service.PARLIAMENT: (_parliaments_address, _parliaments_answer),
    Service.POSTCODES_IO: (_postcodes_ios_address, _postcodes_ios_answer),
}
