"""Reading other people's CSV files so that a fault is named by file and line."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from representatives.errors import SourceError


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file, gzipped if its name says so.

    ``columns`` maps our name of each column we need to the names the file may use for
    it, in any case; columns beyond these are nobody's business.
    """

    path: Path
    columns: Mapping[str, tuple[str, ...]]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row, the cells in the order of ``columns``."""
        with self._readable() as lines:
            reader = csv.reader(lines, strict=True)
            header = next(reader, [])
            places = self._places(header)
            for cells in reader:
                if len(cells) != len(header):
                    raise self.fault(
                        reader.line_num,
                        f"has {len(cells)} cells where the header has {len(header)}",
                    )
                yield reader.line_num, [cells[place].strip() for place in places]

    def fault(self, line: int, reason: str) -> SourceError:
        """An error that names the place; ``reason`` continues "line 7 …"."""
        return SourceError(
            f"{self.path}, line {line} {reason}. Mend the file or get it again."
        )

    def _places(self, header: list[str]) -> list[int]:
        names = [name.strip().lower() for name in header]
        places = []
        for column, aliases in self.columns.items():
            found = [names.index(alias) for alias in aliases if alias in names]
            if not found:
                wanted = " or ".join(aliases)
                raise self.fault(1, f"has no column for {column} (named {wanted})")
            places.append(found[0])
        return places

    @contextmanager
    def _readable(self) -> Iterator[Iterable[str]]:
        """Open the file; whatever keeps it from being read is a ``SourceError``."""
        gzipped = self.path.suffix == ".gz"
        try:
            with (
                gzip.open(self.path, "rt", encoding="utf-8-sig", newline="")
                if gzipped
                else self.path.open(encoding="utf-8-sig", newline="")
            ) as lines:
                yield lines
        except FileNotFoundError as error:
            raise SourceError(
                f"There is no {self.path}. Put the register there, or name the folder"
                " that holds it."
            ) from error
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(
                f"{self.path} cannot be read to its end ({error}): get it again."
            ) from error
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{self.path} is not written in UTF-8 ({error.reason}): get it again."
            ) from error
        except csv.Error as error:
            raise SourceError(
                f"{self.path} is not a CSV file ({error}): get it again."
            ) from error
