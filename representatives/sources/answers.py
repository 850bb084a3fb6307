"""The Members API's answers: asked for, kept for a while, or brought in files.

A folder of them holds, as the API gave them: ``members-0.json``, ``members-20.json``
and so on (by how many were skipped), ``contact-<Parliament id>.json`` for each member,
``government-posts.json``, ``opposition-posts.json``, both also with ``-<department
id>``, ``speaker-and-deputies.json``; and ``read-on.txt`` with the day, as 2026-11-26.
"""

import datetime
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from representatives.errors import SourceError
from representatives.sources.http import Client
from representatives.sources.parliament import PAGE, Answers

READ_ON: Final = "read-on.txt"
# A run that was interrupted goes on with what it has read, if that is no older.
KEPT_FOR: Final = datetime.timedelta(hours=1)
_LARGEST_FILE: Final = 5_000_000


@dataclass(frozen=True)
class ApiAnswers:
    """Asks the API."""

    client: Client
    as_of: datetime.date

    def page(self, skip: int) -> Any:
        """Give a page of the members who sit now."""
        return self.client.json(
            "/api/Members/Search",
            {"House": 1, "IsCurrentMember": "true", "skip": skip, "take": PAGE},
        )

    def contact(self, parliament_id: int) -> Any:
        """Give how a member is reached."""
        return self.client.json(f"/api/Members/{parliament_id}/Contact", {})

    def posts(self, side: str, department: int | None) -> Any:
        """Give the posts of a side, all or a department's."""
        return self.client.json(
            f"/api/Posts/{side}Posts",
            {} if department is None else {"departmentId": department},
        )

    def speaker_and_deputies(self) -> Any:
        """Give who presides."""
        return self.client.json(f"/api/Posts/SpeakerAndDeputies/{self.as_of}", {})


@dataclass(frozen=True)
class FileAnswers:
    """Reads answers that were saved, from a folder or from a zip of one."""

    place: Path | zipfile.Path

    @classmethod
    def open(cls, path: Path) -> "FileAnswers":
        """Open them; raises ``SourceError`` where there are none."""
        if path.is_dir():
            return cls(path)
        try:
            root = zipfile.Path(path)
            inside = [root, *(each for each in root.iterdir() if each.is_dir())]
        except (OSError, zipfile.BadZipFile) as error:
            raise SourceError(
                f"{path} is neither a folder of answers nor a zip of one."
            ) from error
        return cls(next((one for one in inside if (one / READ_ON).exists()), root))

    @property
    def as_of(self) -> datetime.date:
        """The day that the folder says."""
        try:
            return datetime.date.fromisoformat(self._text(READ_ON).strip())
        except ValueError as error:
            raise SourceError(
                f"{READ_ON} holds no day. Write the day on which the files were read"
                " into it, as 2026-11-26."
            ) from error

    def page(self, skip: int) -> Any:
        """Give a page of the members who sat then."""
        return self._json(_page(skip))

    def contact(self, parliament_id: int) -> Any:
        """Give how a member is reached."""
        return self._json(_contact(parliament_id))

    def posts(self, side: str, department: int | None) -> Any:
        """Give the posts of a side, all or a department's."""
        return self._json(_posts(side, department))

    def speaker_and_deputies(self) -> Any:
        """Give who presided."""
        return self._json(_PRESIDING)

    def _json(self, name: str) -> Any:
        try:
            return json.loads(self._text(name))
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{name} is not JSON: save it again.") from error

    def _text(self, name: str) -> str:
        file = self.place / name
        try:
            with file.open(encoding="utf-8") as opened:
                text = str(opened.read(_LARGEST_FILE + 1))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise SourceError(
                f"There is no {name} that can be read in {self.place}. Save it there."
            ) from error
        if len(text) > _LARGEST_FILE:
            raise SourceError(f"{name} is far too large to be an answer of the API.")
        return text


@dataclass(frozen=True)
class KeptAnswers:
    """Writes down what it is answered, and asks for nothing that it has."""

    answers: Answers
    folder: Path
    # Hears of each answer, kept or new.
    tell: Callable[[], object] = lambda: None

    @classmethod
    def begun(
        cls,
        answers: Answers,
        folder: Path,
        now: datetime.datetime,
        tell: Callable[[], object] = lambda: None,
    ) -> "KeptAnswers":
        """Go on with what is in the folder, or, if that is old, begin anew."""
        marker = folder / READ_ON
        if marker.exists():
            age = now.timestamp() - marker.stat().st_mtime
            is_of_today = marker.read_text().strip() == answers.as_of.isoformat()
            if not (is_of_today and 0 <= age < KEPT_FOR.total_seconds()):
                shutil.rmtree(folder)
        if not marker.exists():
            folder.mkdir(parents=True, exist_ok=True)
            marker.write_text(f"{answers.as_of}\n")
            # By the clock that it is compared with.
            os.utime(marker, (now.timestamp(), now.timestamp()))
        return cls(answers, folder, tell)

    @property
    def as_of(self) -> datetime.date:
        """The day of the answers."""
        return self.answers.as_of

    def page(self, skip: int) -> Any:
        """Give a page of the members who sit now."""
        return self._kept(_page(skip), lambda: self.answers.page(skip))

    def contact(self, parliament_id: int) -> Any:
        """Give how a member is reached."""
        name = _contact(parliament_id)
        return self._kept(name, lambda: self.answers.contact(parliament_id))

    def posts(self, side: str, department: int | None) -> Any:
        """Give the posts of a side, all or a department's."""
        name = _posts(side, department)
        return self._kept(name, lambda: self.answers.posts(side, department))

    def speaker_and_deputies(self) -> Any:
        """Give who presides."""
        return self._kept(_PRESIDING, self.answers.speaker_and_deputies)

    def forget(self) -> None:
        """Have the next run ask anew."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kept(self, name: str, ask: Callable[[], Any]) -> Any:
        file = self.folder / name
        self.tell()
        if file.exists():
            try:
                return json.loads(file.read_text(encoding="utf-8"))
            except ValueError:
                # Half of it: whoever wrote it was killed.
                file.unlink()
        answer = ask()
        file.write_text(json.dumps(answer), encoding="utf-8")
        return answer


_PRESIDING: Final = "speaker-and-deputies.json"


def _page(skip: int) -> str:
    return f"members-{skip}.json"


def _contact(parliament_id: int) -> str:
    return f"contact-{parliament_id}.json"


def _posts(side: str, department: int | None) -> str:
    ending = "" if department is None else f"-{department}"
    return f"{side.lower()}-posts{ending}.json"
