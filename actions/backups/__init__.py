"""Back-ups: one file each, and restoring one without sending anything again.

``making`` and ``restoring`` are the deeds; ``archive`` knows the file, ``sqlite`` and
``postgresql`` copy a database out and put one in its place, and ``settling`` makes what
was restored fit to go on with (docs/decisions/0021-backups.md).
"""
