"""What is kept of letters and of those who write them."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from actions import holding
from actions.privacy import closing, erasing, periods
from actions.privacy.values import Kept, Otherwise, fields
from actions.receiving import forgetting
from actions.screening import deciding

OF_LETTERS: Final = (
    Kept(
        what=_("Your name, e-mail address and postal address"),
        why=_("They stand on the letter: MPs answer their own constituents only."),
        how_long=periods.until_erased,
        ends=erasing.forget_due,
        holds=fields(
            "Letter",
            "sender_name sender_email address_line_1 address_line_2 town postcode "
            "address_note helper reader_language",
        ),
    ),
    Kept(
        what=_("Your letter and what it was made from"),
        why=_(
            "To send it, to show it to you, and to give it back to you if it could "
            "not be delivered."
        ),
        how_long=periods.until_erased,
        ends=erasing.forget_due,
        holds=fields("Letter", "subject body base_text tag"),
    ),
    Kept(
        what=_("A letter that you do not confirm, with everything in it"),
        why=_("To send it as soon as you confirm it."),
        how_long=periods.until_expired,
        ends=erasing.expire,
    ),
    Kept(
        what=_("A letter that is held, with everything in it, and what it is held for"),
        why=_("To send it once it may go, or to give it back to you."),
        how_long=periods.until_decided,
        ends=holding.end_overdue,
        holds=fields("Letter", "held_for"),
    ),
    Kept(
        what=_("A draft of your letter, in your own browser and nowhere else"),
        why=_(
            "To give it back to you there, should the page close before your "
            "letter has gone."
        ),
        how_long=periods.of_a_draft,
        ends=Otherwise.BROWSER,
    ),
    Kept(
        what=_("A link that you have mailed to yourself to go on on another device"),
        why=_("Nothing: the link itself holds the draft, and the mail goes at once."),
        how_long=periods.of_a_mailed_draft,
        ends=erasing.forget_unowned_mail,
    ),
    Kept(
        what=_("A letter that you tell us you did not write"),
        why=_("Nothing: we do not need it."),
        how_long=periods.at_once,
        ends=Otherwise.DEED,
    ),
    Kept(
        what=_("Mail that comes back to us about your letter, such as an answer to it"),
        why=_(
            "To pass it on to you, and to see whether your letter came back "
            "undelivered."
        ),
        how_long=periods.until_passed_on,
        ends=forgetting.forget_due,
        holds=fields("IncomingMail", "content digest kind state reason"),
    ),
    Kept(
        what=_("The wording and the time of your consent"),
        why=_(
            "To be able to show that you agreed, to the letter, to updates or to "
            "be told. Without your name or address they tell nothing of you."
        ),
        how_long=periods.of_consent,
        ends=closing.forget_closed,
        holds=frozenset(("Letter.consent_wording", "Subscription.consent_wording")),
    ),
    Kept(
        what=_("A keyed code made of the campaign, your MP and your e-mail address"),
        why=_(
            "To see that somebody writes a second time. Nobody can read your "
            "address from it."
        ),
        how_long=periods.of_the_code,
        ends=closing.forget_closed,
        holds=fields("Letter", "sender_key"),
    ),
    Kept(
        what=_("What happened to the letter and when, with its MP and constituency"),
        why=_("To account for what was sent. It names nobody."),
        how_long=periods.with_the_campaign,
        ends=closing.forget_closed,
        holds=fields(
            "Letter",
            "state recipient_name recipient_salutation recipient_email seat_name "
            "language",
        )
        | fields("LetterEvent", "kind cause"),
    ),
    Kept(
        what=_(
            "That mails went to you and to your MP, when, and what the mail servers "
            "answered, without addresses"
        ),
        why=_("To account for what was sent. It names nobody."),
        how_long=periods.with_the_campaign,
        ends=closing.forget_closed,
        holds=fields("Delivery", "kind state last_error"),
    ),
    Kept(
        what=_("What you told us of an answer and when, and when we asked you"),
        why=_(
            "To say how many letters are answered, and to ask twice at most. What the "
            "answer says is not asked."
        ),
        how_long=periods.with_the_campaign,
        ends=closing.forget_closed,
    ),
    Kept(
        what=_("When the links to your letters were asked for again"),
        why=_(
            "So that their page tells you, should it have been somebody else. The "
            "address that was typed is not kept."
        ),
        how_long=periods.with_the_campaign,
        ends=closing.forget_closed,
    ),
    Kept(
        what=_("What your MP’s office tells us about your letter"),
        why=_(
            "So that a person can look at it. The page of your letter says so "
            "where it is right."
        ),
        how_long=periods.of_an_offices_words,
        ends=deciding.forget,
        holds=fields("OfficeReport", "kind note decision"),
    ),
    Kept(
        what=_(
            "A keyed code of your e-mail address, if a person here found a letter "
            "of yours to be abusive"
        ),
        why=_("So that a person reads your next letters before they go."),
        how_long=periods.a_year,
        ends=deciding.forget,
        holds=fields("WatchedMailbox", "key"),
    ),
)
