"""One back-up in one file: a gzipped tar of a manifest and the database.

So that a person can open it without Postbag, too. The manifest is signed with
``SECRET_KEY``: a restored dump is carried out as SQL, and without the key it was made
with the links in people's mails open nothing.
"""

import datetime
import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from django.utils.crypto import constant_time_compare, salted_hmac

from actions.errors import BackupError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "database"
_LARGEST_MANIFEST: Final = 1_000_000
_CHUNK: Final = 1 << 20
# Of gzip: twice as quick as its best, and hardly larger.
_LEVEL: Final = 6
_BROKEN: Final = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile)


@dataclass(frozen=True)
class Manifest:
    """What a back-up says of itself."""

    made_at: datetime.datetime
    # "sqlite" or "postgresql", and the major version of that server and its tools.
    database: str
    version: int
    # Whether letters were really sent where it was made.
    is_live: bool
    # Those that were applied, as "app.name".
    migrations: tuple[str, ...]
    # Of the database in it.
    size: int
    sha256: str

    def signed(self) -> bytes:
        """Write it down, with a signature."""
        said = {
            **asdict(self),
            "made_at": self.made_at.isoformat(),
            "postbag_backup": FORMAT,
        }
        return _json({**said, "signature": _signature(said)})


@dataclass(frozen=True)
class Opened:
    """A manifest as it was read."""

    manifest: Manifest
    is_signed_by_us: bool


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(place: Path, manifest: Manifest, database: Path) -> None:
    """Write a back-up that only its owner may read, on the disk before this returns.

    Raises:
        OSError: the disk is full or the folder can't be written.

    """
    opened = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        with (
            gzip.GzipFile("", "wb", _LEVEL, file) as packed,
            tarfile.open(fileobj=packed, mode="w|") as tar,
        ):
            said = manifest.signed()
            tar.addfile(_member(MANIFEST, len(said), manifest), io.BytesIO(said))
            with database.open("rb") as content:
                tar.addfile(_member(DATABASE, manifest.size, manifest), content)
        file.flush()
        os.fsync(file.fileno())


def read(place: Path) -> Opened:
    """Read what a back-up says of itself.

    Raises:
        BackupError: it is none, or is damaged before its database begins.

    """
    with _opened(place) as tar:
        return _manifest_in(tar, place)


def unpack(place: Path, copy: Path) -> None:
    """Write the database of a back-up to ``copy``, if every byte is as it was.

    Raises:
        BackupError: it is none, or is damaged or cut short.
        OSError: the disk is full.

    """
    opened = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        _unpack(place, file)


def verify(place: Path) -> None:
    """Read a back-up through. Raises ``BackupError`` if a byte is not as it was."""
    with Path(os.devnull).open("wb") as nowhere:
        _unpack(place, nowhere)


def _unpack(place: Path, copy: IO[bytes]) -> None:
    with _opened(place, to_the_end=True) as tar:
        said = _manifest_in(tar, place).manifest
        member = tar.next()
        content = tar.extractfile(member) if member else None
        if member is None or member.name != DATABASE or content is None:
            raise BackupError(f"{place} holds no database: it is damaged.")
        if (member.size, _copied(content, copy)) != (said.size, said.sha256):
            raise BackupError(
                f"{place} is damaged: its database is not the one that was backed up. "
                "Use another back-up."
            )


@contextmanager
def _opened(place: Path, *, to_the_end: bool = False) -> Iterator[tarfile.TarFile]:
    try:
        with gzip.open(place) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            yield tar
            # Where the check of the whole file stands.
            while to_the_end and packed.read(_CHUNK):
                pass
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {place}.") from error
    except (IsADirectoryError, PermissionError) as error:
        message = f"{place} can't be read ({error.strerror}). Name a back-up's file."
        raise BackupError(message) from error
    except _BROKEN as error:
        raise BackupError(
            f"{place} is no back-up of Postbag's, or it is damaged or cut short "
            f"({error}). Use another back-up."
        ) from error


def _manifest_in(tar: tarfile.TarFile, place: Path) -> Opened:
    member = tar.next()
    content = tar.extractfile(member) if member else None
    if (
        member is None
        or member.name != MANIFEST
        or member.size > _LARGEST_MANIFEST
        or content is None
    ):
        raise BackupError(f"{place} is no back-up of Postbag's.")
    try:
        said = json.loads(content.read())
        format_ = said["postbag_backup"]
        if format_ == FORMAT:
            return _as_opened(said)
    except (ValueError, KeyError, TypeError) as error:
        message = f"{place} is no back-up of Postbag's, or its manifest is damaged."
        raise BackupError(message) from error
    raise BackupError(
        f"{place} was made by another version of Postbag (format {format_}; this one "
        f"reads {FORMAT}). Restore it with that version."
    )


def _as_opened(said: dict[str, Any]) -> Opened:
    signature = said.pop("signature")
    is_ours = constant_time_compare(str(signature), _signature(said))
    del said["postbag_backup"]
    made_at = datetime.datetime.fromisoformat(said.pop("made_at"))
    migrations = tuple(said.pop("migrations"))
    manifest = Manifest(made_at=made_at, migrations=migrations, **said)
    return Opened(manifest, is_ours)


def _copied(content: IO[bytes], copy: IO[bytes]) -> str:
    """Write it all and return its SHA-256."""
    made = hashlib.sha256()
    while chunk := content.read(_CHUNK):
        made.update(chunk)
        copy.write(chunk)
    return made.hexdigest()


def _member(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    member.mtime = int(manifest.made_at.timestamp())
    return member


def _signature(said: dict[str, Any]) -> str:
    return salted_hmac("actions.backup", _json(said), algorithm="sha256").hexdigest()


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, indent=1, sort_keys=True).encode()
