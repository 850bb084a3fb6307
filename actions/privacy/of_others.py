"""What is kept of those who ask for mail, of limits, of staff, and of copies."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from actions import backup_folder, erasures, limiting, subscribing
from actions.privacy import clearing, erasing, periods
from actions.privacy.values import Kept, Otherwise, fields
from representatives import live


def _is_tried_out() -> bool:
    return not settings.DELIVERY_IS_LIVE


def _others_are_asked() -> bool:
    return bool(live.asked())


OF_WISHES: Final = (
    Kept(
        what=_("Your e-mail address, if you ask for e-mail updates"),
        why=_(
            "So that the campaign’s organisers, who get it from us, can send them. "
            "It is kept apart from your letter."
        ),
        how_long=periods.until_left,
        ends=subscribing.expire,
        holds=fields("Subscription", "email reader_language purpose"),
    ),
    Kept(
        what=_(
            "Your e-mail address, if you ask to be told when people can write again"
        ),
        why=_(
            "To tell you, by one mail. Nobody else gets it, and it is kept apart "
            "from your letter."
        ),
        how_long=periods.until_told,
        ends=subscribing.expire,
    ),
)
OF_LIMITS: Final = (
    Kept(
        what=_("How often the same words came as people’s own, as a keyed code"),
        why=_("To notice when one text comes under many names."),
        how_long=periods.two_days,
        ends=limiting.forget,
    ),
    Kept(
        what=_("Counts by campaign, constituency and day"),
        why=_("To say how many people have written. They hold nothing of anybody."),
        how_long=periods.without_end,
        ends=Otherwise.NOTHING,
        holds=fields("Tally", "way step own_words"),
    ),
    Kept(
        what=_(
            "How often your network address and mailbox were used to write, to ask "
            "for updates, to ask to be told when people can write again, to ask "
            "for lost links or links to drafts, or to press a button on the page "
            "of a letter or of updates, as keyed codes"
        ),
        why=_("To stop floods."),
        how_long=periods.two_days,
        ends=limiting.forget,
        holds=fields("RateCount", "key"),
    ),
    Kept(
        what=_(
            "That a letter which you sent yourself was counted, as a keyed code "
            "that says nothing of it"
        ),
        why=_("To count it once, however often you press the button."),
        how_long=periods.of_a_report,
        ends=limiting.forget,
    ),
    Kept(
        what=_(
            "A postcode that our own list could not place, as a keyed code, with "
            "the constituency that another service named"
        ),
        why=_(
            "So that the service is not asked again. It is kept apart from letters "
            "and with nothing of you."
        ),
        how_long=periods.of_an_answer,
        ends=clearing.forget_answers,
        holds=fields("KeptAnswer", "key seat source"),
        is_there=_others_are_asked,
    ),
)
OF_STAFF: Final = (
    Kept(
        what=_("Who of those who run this place looked at a letter or decided on it"),
        why=_("So that nobody looks unseen."),
        how_long=periods.a_year,
        ends=clearing.forget_records,
        holds=fields("LogEntry", "object_id object_repr change_message"),
    ),
    Kept(
        what=_("That one of those who run this place is signed in"),
        why=_("So that they need not sign in again on each page."),
        how_long=periods.of_a_sign_in,
        ends=clearing.forget_sign_ins,
        holds=fields("Session", "session_key session_data"),
    ),
    Kept(
        what=_("The account of whoever helps to run this place, if you do"),
        why=_("So that you can sign in, and nobody else as you."),
        how_long=periods.while_they_work_here,
        ends=Otherwise.OPERATOR,
        holds=fields("User", "password username first_name last_name email"),
    ),
)
OF_COPIES: Final = (
    Kept(
        what=_("The mails of a trial, in the outbox on this machine"),
        why=_("To show them to whoever tries Postbag out."),
        how_long=periods.of_the_outbox,
        ends=erasing.forget_mail_of_the_forgotten,
        is_there=_is_tried_out,
    ),
    Kept(
        what=_("All of this once more, in back-ups"),
        why=_("So that letters are not lost if a machine breaks."),
        how_long=periods.of_a_copy,
        ends=backup_folder.forget,
    ),
    Kept(
        what=_("The number of a letter or wish that somebody had erased"),
        why=_("To erase it again if a back-up is put back. It names nobody."),
        how_long=periods.of_the_journal,
        ends=erasures.forget,
    ),
)
