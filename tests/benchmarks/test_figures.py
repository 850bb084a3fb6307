import pytest

from benchmarks.figures import Figure, Target, percentile


def figure(value: float, target: Target, limit: float) -> Figure:
    return Figure(
        name="letters",
        value=value,
        unit="/s",
        yardstick=1_000,
        yardstick_name="bare",
        target=target,
        limit=limit,
    )


@pytest.mark.parametrize(
    ("target", "limit", "met", "missed"),
    [
        (Target.SHARE_OF_YARDSTICK, 0.3, 300, 299),
        (Target.AT_MOST, 300, 300, 301),
    ],
)
def test_a_target_is_met_at_its_limit_and_missed_beyond(
    target: Target, limit: float, met: float, missed: float
) -> None:
    assert not figure(met, target, limit).is_missed
    assert figure(missed, target, limit).is_missed


def test_without_a_target_nothing_is_missed() -> None:
    assert not figure(9_999, Target.NONE, 0).is_missed


def test_a_line_says_figure_yardstick_ratio_and_verdict() -> None:
    line = figure(1_284, Target.SHARE_OF_YARDSTICK, 0.5).line()
    assert line.startswith("letters ")
    assert "1,284 /s  | bare: 1,000 /s | ratio 1.28 | ratio at least 0.5: ok" in line


def test_a_missed_target_is_said_loudly() -> None:
    assert "at most 5 /s: MISSED" in figure(6, Target.AT_MOST, 5).line()


@pytest.mark.parametrize(
    ("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1), (0, 1)]
)
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == value
