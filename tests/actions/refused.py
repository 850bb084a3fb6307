"""What staff see of requests by strangers that were refused: a row a day, of nobody."""

from typing import Final

from actions.models import IncomingMail

PROVES_NOTHING: Final = "A webhook was refused: neither secret nor signature proves it."
TOO_LARGE: Final = "A webhook was refused unread: it is larger than may come."


def noted() -> list[str]:
    """Give why some were refused; nothing else came in, and nothing of it is kept."""
    of_nobody = IncomingMail.objects.filter(letter=None, size=0, content=b"")
    assert of_nobody.count() == IncomingMail.objects.count()
    return list(of_nobody.values_list("reason", flat=True))
