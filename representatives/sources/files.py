"""Opening other people's files, whatever they are packed in, without trusting them."""

import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from representatives.errors import SourceError

# The largest directory has some 1.5 GB. What unpacks to more is not one.
MOST_BYTES: Final = 4_000_000_000
_GZIP, _ZIP = b"\x1f\x8b", b"PK"
# A release has one large table, and the same once more in a folder of parts.
_PARTS = "multi_csv"
_USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# What a file that is cut short or damaged makes of reading it. RuntimeError: of a zip
# that is encrypted. ValueError and struct.error: of one whose index is damaged.
UNREADABLE: Final = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    RuntimeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that is open for reading: what comes out of it, and as it is packed."""

    stream: gzip.GzipFile | IO[bytes]
    is_packed: bool
    packed: IO[bytes]

    def bytes_taken(self) -> int:
        """How much of the file as it lies on the disk has been read."""
        return self.packed.tell()

    def ends_a_line(self) -> bool:
        """Whether its last byte ends a line: if not, it may have been cut short.

        A packed file ends with a sum of what was packed, which tells that better.
        """
        if self.is_packed or not self.packed.seek(0, os.SEEK_END):
            return True
        self.packed.seek(-1, os.SEEK_END)
        return self.packed.read(1) in b"\r\n"

    def is_bomb(self) -> bool:
        """Whether more came out than any register has."""
        return self.is_packed and self.stream.tell() > MOST_BYTES


@contextmanager
def opened(path: Path) -> Iterator[OpenedFile]:
    """Open a plain or gzipped file, or the one large CSV file of a release's zip.

    What it is, is told by its first bytes. Raises ``SourceError``; what goes wrong
    later, while it is read, is any of ``UNREADABLE``.
    """
    try:
        raw = path.open("rb")
    except FileNotFoundError as error:
        raise SourceError(
            f"There is no {path}. Put the register there, or name the place it is in."
        ) from error
    with raw:
        begins = raw.read(2)
        raw.seek(0)
        if begins == _GZIP:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield OpenedFile(unpacked, is_packed=True, packed=raw)
        elif begins == _ZIP:
            with zipfile.ZipFile(raw) as release:
                table = _table_of(path, release)
                with release.open(table) as member:
                    yield OpenedFile(member, is_packed=True, packed=raw)
        else:
            yield OpenedFile(raw, is_packed=False, packed=raw)


def _table_of(path: Path, release: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The largest CSV file that is not one of the parts."""
    tables = [
        one
        for one in release.infolist()
        if one.filename.lower().endswith(".csv")
        and _PARTS not in PurePosixPath(one.filename.lower()).parts
    ]
    if not tables:
        raise SourceError(
            f"{path} holds no CSV file. Take the zip of the whole release, or the one"
            " large CSV file of its folder Data."
        )
    table = max(tables, key=lambda one: one.file_size)
    if table.flag_bits & 1 or table.compress_type not in _USUAL:
        raise SourceError(
            f"{path} is encrypted or packed in an unusual way, which the release is"
            " not: get it from the Office for National Statistics again."
        )
    if table.file_size > MOST_BYTES:
        raise SourceError(
            f"{path} unpacks to {table.file_size:,} bytes, which is more than any"
            " directory has: get it again."
        )
    return table


def text_of(opened_file: OpenedFile) -> io.TextIOWrapper:
    """Decode it as UTF-8, with or without a mark at its beginning."""
    return io.TextIOWrapper(opened_file.stream, encoding="utf-8-sig", newline="")
