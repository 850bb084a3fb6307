import pytest

from representatives import lookup, names


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Ynys Môn", "ynys mon"),
        ("Montgomeryshire and Glyndŵr", "montgomeryshire and glyndwr"),
        ("Sefton & Wirral", "sefton and wirral"),
        ("  Tweeddale,   West-Park ", "tweeddale west park"),
        ("Na h-Eileanan an Iar", "na h eileanan an iar"),
        ("King’s Lynn", "kings lynn"),
        ("İpswıch", "ipswich"),
        ("…", ""),
    ],
)
def test_names_are_compared_in_one_spelling(written: str, compared: str) -> None:
    assert names.plain(written) == compared


@pytest.mark.usefixtures("registers")
def test_no_two_seats_share_a_name_however_it_is_written() -> None:
    written = {
        (names.plain(name), seat.code)
        for seat in lookup.seats()
        for name in (seat.name, seat.name_cy)
        if name
    }
    assert len({name for name, _ in written}) == len(written)
