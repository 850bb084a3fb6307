"""What the tests of the registers share."""

import pytest

from representatives.models import (
    Constituency,
    PostcodeSector,
    RegisterVersion,
    Representative,
)


@pytest.fixture
def no_registers(db: None) -> None:
    """As in a new database: nothing is loaded."""
    PostcodeSector.objects.all().delete()
    Representative.objects.all().delete()
    Constituency.objects.all().delete()
    RegisterVersion.objects.all().delete()
