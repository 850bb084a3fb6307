"""Reading other people's CSV files so that a fault is named by file and line."""

import csv
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from representatives.errors import SourceError
from representatives.sources.files import UNREADABLE, OpenedFile, opened, text_of

# In characters. A longer line is read in pieces, which then lack cells, so that a
# file without line ends does not fill the memory.
LONGEST_LINE: Final = 65_536
_ROWS_BETWEEN_TELLS: Final = 8_192

Tell = Callable[[int], object]


def _tell_nobody(_bytes_taken: int) -> None:
    """For a table that is read in a moment."""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file, plain, gzipped or in the zip of a release.

    ``columns`` maps our name of each column we need to the names the file may use for
    it, in any case; columns beyond these are nobody's business. One that is
    ``optional`` and not there is read as empty cells.
    """

    path: Path
    columns: Mapping[str, tuple[str, ...]]
    optional: Collection[str] = ()
    tell: Tell = _tell_nobody

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row, the cells in the order of ``columns``.

        Empty lines are nothing. Now and then ``tell`` is called with the bytes that
        were taken from the file. Raises ``SourceError``.
        """
        line = 0
        try:
            for line, cells in self._rows():
                yield line, cells
        except UnicodeDecodeError as error:
            reason = f"is not written in UTF-8 ({error.reason})"
            raise self._broken(line, reason) from error
        except csv.Error as error:
            raise self._broken(line, f"is not a CSV file ({error})") from error
        except UNREADABLE as error:
            reason = f"cannot be read to its end ({error})"
            raise self._broken(line, reason) from error

    def fault(self, line: int, reason: str) -> SourceError:
        """An error that names the place; ``reason`` continues "line 7 …"."""
        return SourceError(
            f"{self.path}, line {line} {reason}. Mend the file or get it again."
        )

    def _tell(self, file: OpenedFile) -> None:
        if file.is_bomb():
            raise SourceError(
                f"{self.path} unpacks to more than any directory has: get it again."
            )
        self.tell(file.bytes_taken())

    def _places(self, header: list[str]) -> list[int]:
        """Where each column stands; an absent one, where a cell of our own is added."""
        names = [name.strip().lower() for name in header]
        places = []
        for column, aliases in self.columns.items():
            found = [names.index(alias) for alias in aliases if alias in names]
            if not found and column not in self.optional:
                wanted = " or ".join(aliases)
                raise self.fault(1, f"has no column for {column} (named {wanted})")
            places.append(found[0] if found else len(header))
        return places

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        with opened(self.path) as file, text_of(file) as text:
            lines = iter(partial(text.readline, LONGEST_LINE), "")
            reader = csv.reader(lines, strict=True)
            header = next(reader, [])
            places = self._places(header)
            width = len(header)
            for number, cells in enumerate(reader):
                if not number % _ROWS_BETWEEN_TELLS:
                    self._tell(file)
                if not cells:
                    continue
                if len(cells) != width:
                    raise self.fault(
                        reader.line_num,
                        f"has {len(cells)} cells where the header has {width}",
                    )
                cells.append("")
                yield reader.line_num, [cells[place].strip() for place in places]
            self._tell(file)
            if not file.ends_a_line():
                raise self.fault(reader.line_num, "has no end: the file was cut short")

    def _broken(self, line: int, reason: str) -> SourceError:
        return SourceError(f"{self.path} {reason}, after line {line}: get it again.")
