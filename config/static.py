"""How static files are named: by their content, so that browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also points a module's imports at the hashed names, or they would go stale."""

    support_js_module_import_aggregation = True
