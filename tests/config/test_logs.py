"""What a log line says of a fault, and what it must not say."""

import logging
import sys
from pathlib import Path

import pytest

from config.logs import DiscreetFormatter
from tests.config.test_settings import run

LINE = DiscreetFormatter("{levelname}: {message}", style="{")


def refuse_row() -> None:
    message = 'DETAIL:  Failing row contains (7, "Rena Of Kashgar Street").'
    raise ValueError(message)


def store() -> None:
    try:
        refuse_row()
    except ValueError as error:
        message = f"could not store: {error}"
        raise RuntimeError(message) from error


def record_of(raised: BaseException, message: str = "Failed") -> logging.LogRecord:
    trace = (type(raised), raised, raised.__traceback__)
    return logging.LogRecord("x", logging.ERROR, __file__, 1, message, (), trace)


def fault() -> RuntimeError:
    with pytest.raises(RuntimeError) as caught:
        store()
    return caught.value


def test_a_fault_is_told_by_kind_and_place_and_without_its_text() -> None:
    line = LINE.format(record_of(fault()))
    assert "Rena" not in line
    assert "could not store" not in line
    assert "raise" not in line
    first, last = line.split("which led to:")
    assert first.startswith("ERROR: Failed\n")
    assert f'File "{__file__}", line {line_of(refuse_row) + 2}, in refuse_row' in first
    assert "\nValueError\n" in first
    assert f'File "{__file__}", line {line_of(store) + 5}, in store' in last
    assert last.endswith("\nRuntimeError")


def line_of(function: object) -> int:
    return int(function.__code__.co_firstlineno)  # type: ignore[attr-defined]


def test_a_fault_in_the_middle_of_another_is_told_too_unless_it_was_hidden() -> None:
    def mishandle(*, hide: bool) -> None:
        try:
            refuse_row()
        except ValueError:
            if hide:
                raise LookupError from None
            raise LookupError  # noqa: B904 - what this is about

    for hide in (True, False):
        with pytest.raises(LookupError) as caught:
            mishandle(hide=hide)
        assert ("ValueError" in LINE.format(record_of(caught.value))) is not hide


def test_faults_that_name_each_other_are_told_once_each() -> None:
    one, other = ValueError(), LookupError()
    one.__cause__, other.__cause__ = other, one
    assert LINE.format(record_of(one)).count("Error\n") == 1


def test_what_another_handler_wrote_of_the_fault_is_neither_repeated_nor_lost() -> None:
    record = record_of(fault())
    wordy = logging.Formatter().format(record)
    assert "Rena" in wordy
    assert "Rena" not in LINE.format(record)
    assert record.exc_text in wordy  # type: ignore[operator]


def test_no_token_stands_in_a_line_wherever_it_comes_from() -> None:
    record = record_of(fault(), "Not Found: /letters/abc.def/cancel/")
    record.stack_info = 'Stack:\n  get("/updates/abc.def/"), "/letters/office/abc.def/"'
    line = LINE.format(record)
    assert "abc.def" not in line
    assert "Not Found: /letters/…/cancel/" in line
    assert 'get("/updates/…/' in line
    assert "/letters/office/…/" in line


def test_without_a_fault_there_is_only_the_line() -> None:
    record = record_of(ValueError())
    record.exc_info = (None, None, None)
    assert LINE.format(record).strip() == "ERROR: Failed"


def test_every_log_of_postbags_is_written_so(tmp_path: Path) -> None:
    shown = (
        "import logging\n"
        "try: raise ValueError('Rena of Kashgar Street')\n"
        "except ValueError: logging.getLogger('django.request').exception('Oh')"
    )
    told = run(tmp_path, shown).stderr
    assert "ERROR django.request: Oh\n" in told
    assert told.endswith("\nValueError\n")
    assert "Rena" not in told
    assert sys.executable not in told
