"""How long things are kept, in words, from the figures that erasing goes by."""

import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext, ngettext

from actions import erasures, failing, holding
from actions.privacy.erasing import UNOWNED_MAIL_LIVES
from actions.screening import deciding
from actions.tokens import REPORT_LIVES
from representatives.kept_answers import FOUND_LIVES

# Of a draft in somebody's own browser: drafts.js goes by the same.
DRAFT_DAYS: Final = 14
# Of a letter that was counted on its writer's word: until then it can be handed in, and
# no more than two days later the sweep has come by.
REPORT_DAYS: Final = REPORT_LIVES.days + 2
# Whatever a letter is held for, nobody decides on that for longer; but a seat that is
# vacant may be so until a by-election that is later.
HELD_DAYS: Final = max(
    holding.WRITERS_HAVE,
    holding.PEOPLE_HAVE,
    holding.HOUSES_TAKE,
    holding.REGISTERS_TAKE,
    failing.CORRECTIONS_TAKE,
).days
_HOUR: Final = datetime.timedelta(hours=1)


def until_erased() -> str:
    """Of what a letter holds."""
    after = settings.ERASE_AFTER_DAYS
    return ngettext(
        "{n} day after the letter was sent or ended; at once when you press “Delete my "
        "data”",
        "{n} days after the letter was sent or ended; at once when you press “Delete "
        "my data”",
        after,
    ).format(n=after)


def until_expired() -> str:
    """Of a letter that nobody confirms."""
    confirm = settings.CONFIRM_WITHIN_DAYS
    return ngettext(
        "{n} day, then erased at once", "{n} days, then erased at once", confirm
    ).format(n=confirm)


def until_decided() -> str:
    """Of a letter that is held."""
    return ngettext(
        "until that is decided: {n} day at most for one reason, or {later} days after "
        "a by-election; then as long as any other letter",
        "until that is decided: {n} days at most for one reason, or {later} days after "
        "a by-election; then as long as any other letter",
        HELD_DAYS,
    ).format(n=HELD_DAYS, later=holding.WRITERS_HAVE.days)


def until_passed_on() -> str:
    """Of mail that came in."""
    after = settings.ERASE_AFTER_DAYS
    return ngettext(
        "{n} day at most, and no longer than your letter; that it came and what kind "
        "of mail it was, for a year",
        "{n} days at most, and no longer than your letter; that it came and what kind "
        "of mail it was, for a year",
        after,
    ).format(n=after)


def of_a_draft() -> str:
    """Of a draft in a browser."""
    return ngettext(
        "until the letter has gone, you erase it, or nobody touches the page "
        "for ten minutes; never shown after {n} day",
        "until the letter has gone, you erase it, or nobody touches the page "
        "for ten minutes; never shown after {n} days",
        DRAFT_DAYS,
    ).format(n=DRAFT_DAYS)


def of_a_mailed_draft() -> str:
    """Of the mail that takes a draft to another device."""
    if settings.DELIVERY_IS_LIVE:
        return gettext("not at all")
    lives = UNOWNED_MAIL_LIVES.days
    return ngettext(
        "not at all; while Postbag is tried out, the mail lies in the outbox on this "
        "machine for {n} day",
        "not at all; while Postbag is tried out, the mail lies in the outbox on this "
        "machine for {n} days",
        lives,
    ).format(n=lives)


def at_once() -> str:
    """Of a letter that its supposed writer disowns."""
    return gettext("erased at once")


def with_the_campaign() -> str:
    """Of what names nobody."""
    after = settings.CAMPAIGNS_KEPT_DAYS
    return ngettext(
        "until the campaign is closed and {n} day has passed since its last letter",
        "until the campaign is closed and {n} days have passed since its last letter",
        after,
    ).format(n=after)


def of_consent() -> str:
    """Of what somebody agreed to."""
    after = settings.CAMPAIGNS_KEPT_DAYS
    return ngettext(
        "until the campaign is closed and {n} day has passed since its last letter; of "
        "e-mail updates not before you have left them",
        "until the campaign is closed and {n} days have passed since its last letter; "
        "of e-mail updates not before you have left them",
        after,
    ).format(n=after)


def of_the_code() -> str:
    """Of the code by which a second letter is recognised."""
    after = settings.CAMPAIGNS_KEPT_DAYS
    return ngettext(
        "until the campaign is closed and {n} day has passed since its last letter; at "
        "once when you press “Delete my data”",
        "until the campaign is closed and {n} days have passed since its last letter; "
        "at once when you press “Delete my data”",
        after,
    ).format(n=after)


def until_left() -> str:
    """Of an address for e-mail updates."""
    confirm = settings.CONFIRM_WITHIN_DAYS
    return ngettext(
        "until you leave, then erased at once; {n} day if you do not confirm",
        "until you leave, then erased at once; {n} days if you do not confirm",
        confirm,
    ).format(n=confirm)


def until_told() -> str:
    """Of the address of whoever waits to be told."""
    confirm = settings.CONFIRM_WITHIN_DAYS
    if settings.DELIVERY_IS_LIVE:
        return ngettext(
            "until that mail has gone, you stop it or the campaign closes, then "
            "erased; {n} day if you do not confirm",
            "until that mail has gone, you stop it or the campaign closes, then "
            "erased; {n} days if you do not confirm",
            confirm,
        ).format(n=confirm)
    return ngettext(
        "until that mail has gone, you stop it or the campaign closes, then erased; "
        "{n} day if you do not confirm; while Postbag is tried out, the mail lies in "
        "the outbox on this machine for {hours} hours",
        "until that mail has gone, you stop it or the campaign closes, then erased; "
        "{n} days if you do not confirm; while Postbag is tried out, the mail lies in "
        "the outbox on this machine for {hours} hours",
        confirm,
    ).format(n=confirm, hours=UNOWNED_MAIL_LIVES // _HOUR)


def of_an_offices_words() -> str:
    """Of what an MP's office tells us."""
    return gettext(
        "until {days} days after a person has decided, and {most} days at most; the "
        "office’s own words at once when you press “Delete my data”; what was told and "
        "decided, without them, as long as what happened to the letter, and longer "
        "while nobody has decided or a request for no more letters holds"
    ).format(days=deciding.NOTES_LIVE.days, most=deciding.NOTES_WAIT.days)


def a_year() -> str:
    """Of a mailbox that is watched, and of who looked: 365 days."""
    return gettext("a year")


def two_days() -> str:
    """Of limits: a window of a day, one more, and the sweep that comes by."""
    return gettext("two days at most")


def of_a_report() -> str:
    """Of the code of a letter that was counted on its writer's word."""
    return ngettext("{n} day at most", "{n} days at most", REPORT_DAYS).format(
        n=REPORT_DAYS
    )


def of_an_answer() -> str:
    """Of what another service said of a postcode."""
    days = FOUND_LIVES.days
    return ngettext("{n} day at most", "{n} days at most", days).format(n=days)


def without_end() -> str:
    """Of counts."""
    return gettext("without end")


def of_a_copy() -> str:
    """Of back-ups."""
    days = settings.BACKUPS_KEPT_DAYS
    return ngettext(
        "{n} day at most; the newest until there is a newer one, however old it is",
        "{n} days at most; the newest until there is a newer one, however old it is",
        days,
    ).format(n=days)


def of_the_journal() -> str:
    """Of the journal of what people had erased."""
    days = erasures.TIMES_AS_LONG * settings.BACKUPS_KEPT_DAYS
    return ngettext("{n} day at most", "{n} days at most", days).format(n=days)


def of_a_sign_in() -> str:
    """Of a session in the admin."""
    hours = settings.SESSION_COOKIE_AGE // int(_HOUR.total_seconds())
    return ngettext(
        "until they sign out; {n} hour after it was last used at the latest",
        "until they sign out; {n} hours after it was last used at the latest",
        hours,
    ).format(n=hours)


def while_they_work_here() -> str:
    """Of an account of staff."""
    return gettext("as long as they work here")


def of_the_outbox() -> str:
    """Of mail in the outbox of a trial."""
    hours = UNOWNED_MAIL_LIVES // _HOUR
    return ngettext(
        "as long as what they are about; {n} hour if they are about nothing stored or "
        "list several letters",
        "as long as what they are about; {n} hours if they are about nothing stored or "
        "list several letters",
        hours,
    ).format(n=hours)
