"""Values for statements that are written by hand, where Django's own take too long."""

import datetime
import uuid
from typing import Any

from django.db import connection


def adapted(value: Any) -> Any:
    """Give a time or a UUID as this database takes it, and anything else as it is."""
    if isinstance(value, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, uuid.UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
