"""How long each page takes, asked one after the other over one connection.

The times are those that a client sees, so they hold the way over loopback as well; the
yardstick, a view that does nothing, tells how much that is.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Final

from django.utils import timezone

from actions import delivering, submitting, tokens
from actions.first_campaign import SLUG
from benchmarks import filling
from benchmarks.composing import REASON
from benchmarks.figures import Figure, Target, median, percentile
from benchmarks.lookups import a_split_postcode, memory
from benchmarks.servers import POSTBAG, TRIVIAL, serving
from benchmarks.visitor import Answer, Fields, VisitError, Visitor

MOST_MILLISECONDS: Final = 10
LETTERS: Final = 5_000
LETTERS_IN_OUTBOX: Final = 100
WARM_UP: Final = 10
TIMES: Final = 100
# Asked for by a programmer now and then.
NOT_PAGES: Final = {"API: schema"}
EXACT: Final = "SW1A 1AA"
NORTHERN_IRISH: Final = "BT1 1AA"

Visit = Callable[[], Answer]


def figures() -> Iterator[Figure]:
    """Fill the database, then visit every page many times."""
    filling.sent_over_months(LETTERS)
    filling.queued(LETTERS_IN_OUTBOX)
    delivering.deliver_due()
    with serving(TRIVIAL) as trivial, serving(POSTBAG) as postbag:
        yardstick = Visitor(trivial.port)
        least = median(_times("ok", 200, lambda: yardstick.get("/")))
        visitor = Visitor(postbag.port)
        for name, status, visit in _visits(visitor):
            times = _times(name, status, visit)
            yield Figure(
                name=name,
                value=median(times),
                unit="ms",
                yardstick=least,
                yardstick_name="a trivial view",
                target=Target.NONE if name in NOT_PAGES else Target.AT_MOST,
                limit=MOST_MILLISECONDS,
                remark=f"99 in 100 within {percentile(times, 99):.1f} ms",
            )
        yield memory(postbag, trivial)


def _times(name: str, status: int, visit: Visit) -> list[float]:
    times = []
    for _ in range(WARM_UP + TIMES):
        answer = visit()
        if answer.status != status:
            message = f"{name} answered {answer.status}, not {status}"
            raise VisitError(message)
        times.append(answer.milliseconds)
    return times[WARM_UP:]


def _visits(visitor: Visitor) -> Iterator[tuple[str, int, Visit]]:
    for name, status, path in _readings():
        yield name, status, lambda path=path: visitor.get(path)  # type: ignore[misc]
    yield from _writing(visitor)
    yield from _confirming(visitor)


def _readings() -> Iterator[tuple[str, int, str]]:
    letter = filling.written(1)[0]
    token = tokens.for_letter(letter.pk)
    sent = filling.written(1)[0]
    submitting.confirm(sent, now=timezone.now())
    api = f"/api/v1/campaigns/{SLUG}"
    yield "home", 302, "/"
    yield "campaign", 200, f"/{SLUG}/"
    yield "its colours", 200, f"/{SLUG}/colours.css"
    yield "progress", 200, f"/{SLUG}/progress/"
    yield "find, to begin", 200, f"/{SLUG}/write/"
    yield "sent", 200, f"/{SLUG}/sent/"
    yield "privacy", 200, "/privacy/"
    yield "about the data", 200, "/about-the-data/"
    yield "outbox", 200, "/outbox/"
    yield "a page that is not there", 404, "/nowhere/"
    yield "confirm, to read", 200, f"/letters/{token}/confirm/"
    yield "not me, to read", 200, f"/letters/{token}/not-me/"
    yield "erase, to read", 200, f"/letters/{token}/erase/"
    yield "a letter's own page", 200, f"/letters/{tokens.for_letter(sent.pk)}/"
    yield "API: look-up", 200, "/api/v1/representatives/?postcode=SW1A1AA"
    yield "API: campaigns", 200, "/api/v1/campaigns/"
    yield "API: campaign", 200, f"{api}/"
    for by in ("day", "constituency", "party", "country", "region", "way"):
        yield f"API: counts by {by}", 200, f"{api}/counts/?by={by}"
    yield "API: schema", 200, "/api/v1/schema/"


def _writing(visitor: Visitor) -> Iterator[tuple[str, int, Visit]]:
    begun = visitor.get(f"/{SLUG}/write/").fields()
    write, letter, preview, send = (
        f"/{SLUG}/write/{end}" for end in ("", "letter/", "preview/", "send/")
    )
    exact = _with(begun, postcode=EXACT)
    split = _with(begun, postcode=a_split_postcode())
    northern_irish = _with(begun, postcode=NORTHERN_IRISH)
    yield "write, exact", 200, lambda: visitor.post(write, exact)
    yield "find, split", 200, lambda: visitor.post(write, split)
    yield "find, Northern Ireland", 200, lambda: visitor.post(write, northern_irish)
    typed = _with(
        visitor.post(write, exact).fields(),
        name="Jo Marsden",
        email="jo@example.org",
        address_line_1="12 Orchard Street",
        town="London",
        reason=REASON,
    )
    yield "preview", 200, lambda: visitor.post(preview, typed)
    yield "letter", 200, lambda: visitor.post(letter, typed)
    read = _with(visitor.post(letter, typed).fields(), consent="on")

    def send_another() -> Answer:
        email = f"jo-{uuid.uuid4().hex}@example.org"
        return visitor.post(send, _with(read, email=email))

    yield "send", 302, send_another


def _confirming(visitor: Visitor) -> Iterator[tuple[str, int, Visit]]:
    letters = filling.written(WARM_UP + TIMES)
    tokens_left = [tokens.for_letter(letter.pk) for letter in letters]
    first = visitor.get(f"/letters/{tokens_left[0]}/confirm/")
    button = [pair for pair in first.fields() if pair[0] == "csrfmiddlewaretoken"]

    def confirm_another() -> Answer:
        return visitor.post(f"/letters/{tokens_left.pop()}/confirm/", button)

    yield "confirm", 302, confirm_another


def _with(fields: Fields, **changed: str) -> Fields:
    """Fill fields of a form in; the others stay as the page has them."""
    kept = [(name, value) for name, value in fields if name not in changed]
    return [*kept, *changed.items()]
