"""What stands around a letter's text, in the languages that letters are written in.

Not in the pages' catalogues: a letter is in the language that its writer chose for it,
whatever the pages speak.
"""

from dataclasses import dataclass
from typing import Final

from actions.models import LetterTemplate


@dataclass(frozen=True)
class Frame:
    """The fixed words of a letter; braces stand for what is put in."""

    # As HTML and PDF write it (BCP 47).
    tag: str
    # In which Django writes dates.
    dates: str
    salutation: str
    closing: str
    # How it came, under the signature; its writer may not have typed a name yet.
    footer: str
    # The last line, by which an MP's office can tell us what is wrong.
    office_note: str
    # Stands for its link wherever the writer reads the letter.
    office_link: str
    nobody: str
    # Under the address, where the office must know more.
    abroad: str
    no_fixed_address: str
    # Under the signature, where somebody wrote for another person.
    written_for: str
    # Stands for a name that is erased, in what one may write back.
    your_name: str
    page_of: str


_FRAMES: Final = {
    LetterTemplate.Language.ENGLISH: Frame(
        tag="en-GB",
        dates="en-gb",
        salutation="Dear {name},",
        closing="Yours sincerely,",
        footer=(
            "Sent for {name} by Postbag, which helps people write to their own MP. An "
            "answer goes to the writer."
        ),
        # In plain ASCII, like the line above: most letters then need no encoding.
        office_note=(
            "For the office of the MP: is {name} not your constituent, or is something "
            "else wrong with this mail? Please tell us: {link}"
        ),
        office_link="(the link is in the copy that the office gets)",
        nobody="the writer",
        abroad="Last address in the United Kingdom; now living in {country}",
        no_fixed_address=(
            "No fixed address; this is the place I have a connection with"
        ),
        written_for="Written for {name}, who wishes it, by {helper}",
        your_name="[your name]",
        page_of="Page {number} of {pages}",
    ),
    LetterTemplate.Language.WELSH: Frame(
        tag="cy",
        dates="cy",
        salutation="Annwyl {name},",
        closing="Yn gywir,",
        footer=(
            "Anfonwyd ar ran {name} gan Postbag, sy’n helpu pobl i ysgrifennu at eu "
            "Haelod Seneddol eu hunain. Bydd ateb yn mynd at yr awdur."
        ),
        office_note=(
            "I swyddfa’r AS: onid yw {name} yn etholwr i chi, neu a oes rhywbeth arall "
            "o’i le ar y neges hon? Rhowch wybod i ni: {link}"
        ),
        office_link="(mae’r ddolen yn y copi y mae’r swyddfa’n ei gael)",
        nobody="yr awdur",
        # Without a preposition before the country, whose name it would change.
        abroad="Cyfeiriad olaf yn y Deyrnas Unedig; gwlad breswyl bellach: {country}",
        no_fixed_address=(
            "Dim cyfeiriad sefydlog; dyma’r lle y mae gen i gysylltiad ag ef"
        ),
        written_for="Ysgrifennwyd dros {name}, sy’n dymuno hynny, gan {helper}",
        your_name="[eich enw]",
        page_of="Tudalen {number} o {pages}",
    ),
}


def of(language: str) -> Frame:
    """Give the frame of a letter in ``LetterTemplate.Language``.

    Raises:
        ValueError: no letters are written in this language.

    """
    return _FRAMES[LetterTemplate.Language(language)]
