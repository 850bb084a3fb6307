"""What is promised of letters whatever fails, and counted (docs/decisions/0002).

None is lost, each goes under one Message-ID, and the repeats are no more than the
answers that got lost and the letters in hand at a kill.
"""

import email
import re
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from actions import tags
from actions.lifecycle import WAITING
from actions.models import Delivery, Letter, LetterEvent, Tally
from representatives.models import Constituency, Representative
from tests.actions.factories import make_letter
from tests.smtp import MailServer

SECONDS_TO_WAIT = 180
_TOLD = re.compile(r"Mails that may arrive twice: (\d+) ")


def queue(count: int) -> list[Letter]:
    """Make letters that are due, each of its own person and to an MP of its own."""
    now = timezone.now()
    first = make_letter(state=Letter.State.QUEUED, now=now)
    members = _members(count - 1)
    names = [field.attname for field in Letter._meta.concrete_fields]
    same = {name: getattr(first, name) for name in names}
    others = []
    for member in members:
        key = uuid.uuid4()
        own = {
            "id": key,
            "tag": tags.new(),
            "sender_key": key.hex,
            "sender_email": f"{key.hex}@mail.example",
            "constituency_id": member.constituency_id,
            "representative_id": member.pk,
            "recipient_email": member.email,
        }
        others.append(Letter(**{**same, **own}))
    Letter.objects.bulk_create(others)
    Delivery.objects.bulk_create(
        Delivery(
            letter=letter,
            kind=Delivery.Kind.LETTER,
            is_demo=letter.is_demo,
            due_at=now,
        )
        for letter in others
    )
    return [first, *others]


def _members(count: int) -> list[Representative]:
    """Make MPs beside the 650, each with a seat and an address."""
    number = Representative.objects.count()
    names = [f"{number + more}" for more in range(count)]
    seats = Constituency.objects.bulk_create(
        Constituency(
            code=f"E98{name:0>6}",
            name=f"Seat {name}",
            country="England",
            region="London",
            hex_q=1,
            hex_r=int(name),
        )
        for name in names
    )
    return Representative.objects.bulk_create(
        Representative(
            constituency=seat,
            parliament_id=20_000_000 + int(name),
            full_title="Rt Hon Jo Marsden MP",
            display_name="Ms Jo Marsden",
            address_as="Ms Marsden",
            party="Independent",
            email=f"holder.of.{name}@parliament.example",
        )
        for seat, name in zip(seats, names, strict=True)
    )


def let_pauses_pass() -> None:
    """Make every mail due that was put off and is in nobody's hands."""
    now = timezone.now()
    put_off = Delivery.objects.waiting().filter(lease=None, due_at__gt=now)
    if put_off.exists():
        put_off.update(due_at=now)


def let_leases_pass() -> None:
    """Have every lease end: no worker may be alive."""
    Delivery.objects.exclude(lease=None).update(leased_until=timezone.now())


def is_settled() -> bool:
    """Whether nothing is owed any more, and all is written down."""
    waiting = Letter.objects.filter(state__in=WAITING)
    return nothing_is_owed() and not waiting.exists()


def nothing_is_owed() -> bool:
    """Whether no mail waits, or is in a worker's hands."""
    open_ends = Delivery.objects.waiting() | Delivery.objects.exclude(lease=None)
    return not open_ends.exists()


def see_it_settle(log: Path, pass_time: Callable[[], None] = let_pauses_pass) -> None:
    """Wait for the workers, for whom pauses are short."""
    give_up = time.monotonic() + SECONDS_TO_WAIT
    while not is_settled():
        if time.monotonic() > give_up:
            pytest.fail(f"{Delivery.objects.waiting().count()}: {log.read_text()}")
        pass_time()
        time.sleep(0.05)


def repeats(server: MailServer) -> int:
    """Count the mails that came, beyond one of each Message-ID."""
    return len(server.ids) - len(set(server.ids))


def told_twice(log: str) -> int:
    """Count the mails that workers said may arrive twice."""
    return sum(int(number) for number in _TOLD.findall(log))


def assert_kept(server: MailServer, *, failed: int = 0, in_hand: int = 0) -> None:
    """See that the promise was kept for every letter there is.

    Args:
        server: what came.
        failed: how many letters a server refused for good.
        in_hand: how many letters were in hand at a kill, at most.

    """
    assert is_settled()
    gone = Delivery.objects.filter(state=Delivery.State.SENT)
    expected = {f"<{pk}@postbag.example>" for pk in gone.values_list("pk", flat=True)}
    assert set(server.ids) == expected
    assert_repeats_are_alike(server)
    accepted = Letter.objects.filter(state=Letter.State.ACCEPTED).count()
    assert (accepted, Letter.objects.count() - accepted) == (
        gone.filter(kind=Delivery.Kind.LETTER).count(),
        failed,
    )
    _assert_written_down_once(LetterEvent.Kind.ACCEPTED, Tally.Step.ACCEPTED, accepted)
    _assert_written_down_once(LetterEvent.Kind.FAILED, Tally.Step.FAILED, failed)
    notices = gone.filter(kind=Delivery.Kind.FAILURE_NOTICE)
    assert notices.count() == failed
    if in_hand:
        assert repeats(server) <= server.lost_answers + in_hand
    else:
        assert repeats(server) == server.lost_answers


def assert_repeats_are_alike(server: MailServer) -> None:
    """See that letters with one Message-ID differ in their date alone."""
    alike = defaultdict(set)
    came = zip(server.ids, server.recipients, server.raw, strict=True)
    for name, address, raw in came:
        if not address.endswith("@parliament.example"):
            continue
        mail = email.message_from_bytes(raw)
        del mail["Date"]
        alike[name].add(mail.as_bytes())
    assert {len(texts) for texts in alike.values()} <= {1}


def _assert_written_down_once(kind: str, step: str, letters: int) -> None:
    events = LetterEvent.objects.filter(kind=kind)
    assert events.count() == letters
    assert events.values("letter").distinct().count() == letters
    counts = Tally.objects.filter(step=step)
    assert sum(counts.values_list("count", flat=True)) == letters
