"""What can go wrong with postcodes and with other people's registers."""

from typing import ClassVar


class RepresentativesError(Exception):
    """The base of every error this app raises on purpose."""


class PostcodeError(RepresentativesError):
    """A text from which no seat can be told; ``str()`` is a sentence for the person.

    The text itself is never repeated: a postcode is personal and errors reach logs.
    Trying again helps only with another text.
    """

    code: ClassVar[str]


class InvalidPostcodeError(PostcodeError):
    """Not a postcode at all, or only half of one."""

    code = "invalid_postcode"


class NoMpThereError(PostcodeError):
    """A real postcode of a place that elects nobody to the House of Commons."""

    code = "no_mp"


class NotAPlaceError(PostcodeError):
    """A real postcode that belongs to no place: the forces', a bank's."""

    code = "not_a_place"


class RegisterError(RepresentativesError):
    """A register cannot be used as it is; ``str()`` says what to do.

    Trying again helps only after the files have been mended.
    """


class SourceError(RegisterError):
    """Somebody else's file is missing, broken or not what it should be."""


class UnexpectedAnswerError(SourceError):
    """Somebody else's service answers in another shape than it documents.

    Trying again helps if that was a slip of theirs; otherwise Postbag must learn it.
    """


class SnapshotError(RegisterError):
    """Our own snapshot is missing or damaged."""


class ImportRefusedError(RegisterError):
    """A register that can be read is not loaded as things are."""


class ImportUnderWayError(RegisterError):
    """Another import has the turn; trying again helps when it has ended."""


class ServiceError(RepresentativesError):
    """Somebody else's service gave no answer that can be used.

    ``str()`` says which and why, and never what was asked: a postcode is personal and
    errors reach logs. Trying again may help later; ``retry_after`` is in how many
    seconds the service asks for it, None where it does not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
