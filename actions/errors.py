"""What can go wrong with a letter, a template or a delivery."""

from django.utils.translation import gettext_noop


class ActionsError(Exception):
    """Anything that Postbag refuses to do with a letter or a campaign."""


class PermanentRowError(ActionsError):
    """A row that is kept as it was written would have been changed.

    A mistake in the program: trying again does not help.
    """


class TemplateRefusedError(ActionsError):
    """A letter template uses something outside the allow-list, or does not parse.

    Trying again helps once it is mended, at the named line if the fault has one.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        """Keep the reason, a sentence, and the line, counted from 1.

        A fault of the whole text, such as something missing, has no line.
        """
        super().__init__(reason if line is None else f"Line {line}: {reason}")
        self.reason = reason
        self.line = line


class TokenError(ActionsError):
    """A link or a form was not made by us, or was made too long ago."""


class ForgedTokenError(TokenError):
    """The signature does not fit: trying again does not help."""


class ExpiredTokenError(TokenError):
    """The signature fits but its time is over: a fresh page helps."""


class SubmissionError(ActionsError):
    """A letter cannot be taken. The message is a sentence for the supporter."""


class CampaignClosedError(SubmissionError):
    """The campaign takes no letters now."""


class NoParliamentError(SubmissionError):
    """Parliament has no members; the message says when it has some again."""


class NoRecipientError(SubmissionError):
    """Nobody can be written to by e-mail in this seat now."""


class RepeatedLetterError(SubmissionError):
    """Its writer has written to this MP for this campaign before; names the MP."""


class TooManyError(ActionsError):
    """A limit is reached; trying again after ``retry_after`` seconds helps."""

    def __init__(self, scope: str, retry_after: int) -> None:
        """Keep which limit it was and the seconds until it opens again."""
        super().__init__(f"{scope}: full for another {retry_after} s")
        self.scope = scope
        self.retry_after = retry_after


class DeliveryError(ActionsError):
    """A mail could not be handed over. The message holds nothing of the person."""


class TemporaryDeliveryError(DeliveryError):
    """The mail server may take it later: trying again helps."""


class NoWayOutError(TemporaryDeliveryError):
    """Nothing can go at the moment, whichever mail it is: it is nobody's failed try."""


class RefusedUsError(NoWayOutError):
    """The mail server seems to take no mail from us, and said so of this one.

    If others go, it meant this one alone.
    """

    def __init__(self, answer: str) -> None:
        """Keep its answer, as far as it may be kept."""
        super().__init__(f"The mail server takes no mail from us: {answer}.")
        self.answer = answer


class LostAnswerError(TemporaryDeliveryError):
    """The whole mail was handed over, and the answer never came.

    Trying again is right, but the mail may have been taken: then it goes twice.
    """

    def __init__(self) -> None:
        """Say it in a sentence that the mail's writer may read."""
        super().__init__(
            gettext_noop(
                "The mail server did not say in time whether it took the mail, which "
                "may therefore arrive twice."
            )
        )


class NotMarkedError(ActionsError):
    """That a mail went could not be written down while its lease lasted.

    It goes once more when its lease has ended.
    """


class PermanentDeliveryError(DeliveryError):
    """The mail server will never take it: trying again does not help."""


class WrongModeError(DeliveryError):
    """A demo letter was about to be really sent, or a real one to the outbox.

    A mistake in the program: trying again does not help.
    """


class SendingRecordError(ActionsError):
    """What a domain publishes for its mail is not known or not right.

    The message is a sentence for the operator.
    """


class UnansweredError(SendingRecordError):
    """The DNS could not be asked, which says nothing of a record: try again later."""


class BrokenRecordError(SendingRecordError):
    """A record does not count as it stands: trying again helps once it is changed."""


class TooEarlyError(ActionsError):
    """A mail came in while its letter was still being sent: it comes again, later."""


class UnreadableMailError(ActionsError):
    """A mail that came in is read no further: it breaks a limit, or is none.

    Trying again does not help. ``fault`` says why in a word, the message in a sentence
    that holds nothing of the mail.
    """

    def __init__(self, fault: str, message: str) -> None:
        """Keep what is the matter with it."""
        super().__init__(message)
        self.fault = fault


class BackupError(ActionsError):
    """A back-up can't be made or restored; all is as it was.

    The message is sentences for the operator that say what to do.
    """
