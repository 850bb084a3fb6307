"""Portraits of members: fetched by us, made small, served by us.

Browsers never ask Parliament, which would tell it who reads about whom.
"""

import datetime
import hashlib
import io
from collections.abc import Callable, Collection
from typing import Final

from PIL import Image, ImageOps

from representatives.errors import SourceError
from representatives.models import Portrait, Representative

# In pixels: twice what a page shows, for screens that are fine.
SIDE: Final = 112
_QUALITY: Final = 82
# Members have new ones made after elections mostly.
_GOOD_FOR: Final = datetime.timedelta(days=90)
# Then the server has a bad day, and the others can wait.
_FAULTS_BEFORE_STOPPING: Final = 3
# Pictures of more than that are no portraits, whatever they say of themselves.
_MOST_PIXELS: Final = 40_000_000


def of_sitting() -> set[int]:
    """Give the Parliament ids of everybody who sits now."""
    sitting = Representative.objects.current()
    return set(sitting.values_list("parliament_id", flat=True))


def renew(
    sitting: Collection[int],
    fetch: Callable[[int], bytes | None],
    today: datetime.date,
) -> tuple[int, list[str]]:
    """Fetch the portraits that are missing or old, and drop those of who has left.

    Args:
        sitting: the Parliament ids of those who have one.
        fetch: gives the picture of one, None if there is none; raises ``SourceError``.
        today: the day.

    Returns:
        How many are new, and why others are not, a sentence each.

    """
    Portrait.objects.exclude(parliament_id__in=sitting).delete()
    good = set(
        Portrait.objects.filter(fetched_on__gt=today - _GOOD_FOR).values_list(
            "parliament_id", flat=True
        )
    )
    fetched, faults = 0, []
    for parliament_id in sorted(set(sitting) - good):
        try:
            picture = fetch(parliament_id)
            if picture is None:
                continue
            small = made_small(picture)
        except SourceError as error:
            faults.append(str(error))
            if len(faults) >= _FAULTS_BEFORE_STOPPING:
                break
            continue
        Portrait.objects.update_or_create(
            parliament_id=parliament_id,
            defaults={
                "picture": small,
                "digest": hashlib.sha256(small).hexdigest()[:16],
                "fetched_on": today,
            },
        )
        fetched += 1
    return fetched, faults


def made_small(picture: bytes) -> bytes:
    """Make a small square JPEG of a picture; nothing else of the file is kept.

    Raises:
        SourceError: it is no picture.

    """
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise SourceError("The picture is far too large to be a portrait.")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SourceError("What came is no picture that can be read.") from error
    # The face is in the upper half of what is taller than wide.
    square = ImageOps.fit(upright, (SIDE, SIDE), centering=(0.5, 0.2))
    # On a new canvas, as words in the file would be passed on with the old one.
    canvas = Image.new("RGB", square.size)
    canvas.paste(square)
    made = io.BytesIO()
    canvas.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()
