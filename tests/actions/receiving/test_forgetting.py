"""How long what came in is kept."""

import datetime

import pytest
from pytest_django import Settings

from actions import privacy
from actions.models import Delivery, IncomingMail
from actions.receiving import forgetting
from tests.actions.factories import NOW
from tests.actions.incoming import mails
from tests.actions.receiving.arriving import gone, owed, raw, take

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def content_of(mail: IncomingMail) -> bytes:
    mail.refresh_from_db()
    return bytes(mail.content)


@pytest.mark.parametrize("name", ["reply-plain", "doubt-short-promise"])
def test_content_goes_after_four_weeks_and_nobody_is_asked_any_more(
    settings: Settings, name: str
) -> None:
    letter = gone()
    mail = take(raw(name, letter))
    before = NOW + settings.ERASE_AFTER_DAYS * DAY - datetime.timedelta(seconds=1)
    assert forgetting.forget_due(before) == 0
    assert content_of(mail)
    assert forgetting.forget_due(NOW + settings.ERASE_AFTER_DAYS * DAY) == 1
    assert content_of(mail) == b""
    assert mail.state == IncomingMail.State.DONE
    assert owed(letter) == []


@pytest.mark.parametrize("name", ["reply-plain", "doubt-short-promise"])
def test_content_goes_with_its_letter(name: str) -> None:
    letter = gone()
    mail = take(raw(name, letter))
    privacy.forget(letter, now=NOW + DAY)
    assert content_of(mail) == b""
    assert mail.state == IncomingMail.State.DONE
    assert owed(letter) == []


def test_after_its_letter_is_erased_mail_for_it_is_for_none() -> None:
    letter = gone()
    content = raw("reply-plain", letter)
    privacy.forget(letter, now=NOW)
    mail = take(content)
    assert mail.letter is None
    assert not Delivery.objects.filter(kind="forward").exists()


def test_records_go_after_a_year_and_strays_sooner() -> None:
    take(raw("bounce-postfix", gone()))
    stray = take(mails.raw("reply-plain"))
    privacy.sweep(NOW + 29 * DAY)
    assert not IncomingMail.objects.filter(pk=stray.pk).exists()
    assert IncomingMail.objects.count() == 1
    forgetting.forget_due(NOW + 366 * DAY)
    assert IncomingMail.objects.count() == 0
