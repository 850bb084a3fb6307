"""The mail that takes an MP's answer on, made of what came in."""

from actions import addresses, languages
from actions.errors import PermanentDeliveryError, UnreadableMailError
from actions.headers import Party
from actions.incoming import forwarding, parsing
from actions.incoming.forwarding import PassedOn
from actions.models import Delivery


def of(delivery: Delivery) -> tuple[PassedOn, str]:
    """Write the answer on to the letter's writer; say where that mail comes back to.

    Raises:
        ValueError: an address can't stand in a header.
        PermanentDeliveryError: the answer can't be read any more.
        TemporaryDeliveryError: an address of ours, in the settings, can't be used.

    """
    letter, reply = delivery.letter, delivery.reply
    if letter is None or reply is None:  # only_forwards_carry_a_reply
        message = "There is nothing to pass on."
        raise PermanentDeliveryError(message)
    try:
        mail = parsing.parse(bytes(reply.content), domain=addresses.domain())
    except UnreadableMailError as error:
        raise PermanentDeliveryError(str(error)) from error
    with languages.read_by(letter.reader_language):
        answer = forwarding.pass_on(
            mail,
            sender_address=addresses.office_address_of(letter),
            office=Party(letter.recipient_name, letter.recipient_email),
            to=Party(letter.sender_name, letter.sender_email),
        )
    return answer, addresses.notice_address_of(letter)
