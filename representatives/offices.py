"""What a member holds besides the seat, as far as it changes what may be asked."""

from typing import Final

from representatives.models import Office, OfficeKind

# Of several the first counts: it leaves its holder the least freedom.
_BY_WEIGHT: Final = (
    OfficeKind.NO_SEAT,
    OfficeKind.SPEAKER,
    OfficeKind.DEPUTY_SPEAKER,
    OfficeKind.WHIP,
    OfficeKind.MINISTER,
    OfficeKind.OPPOSITION,
)


def weightiest_of(parliament_id: int) -> str:
    """Give the kind of the member's weightiest office; "" if none is known."""
    held = set(
        Office.objects.current().of(parliament_id).values_list("kind", flat=True)
    )
    return next((kind.value for kind in _BY_WEIGHT if kind in held), "")
