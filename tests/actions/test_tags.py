"""Tags: nobody guesses one, and none is another letter's."""

import math

from actions import tags


def test_a_tag_has_sixty_bits_or_more_and_each_of_them_varies() -> None:
    made = {tags.new() for _ in range(2000)}
    assert len(made) == 2000
    assert all(tags.is_tag(tag) for tag in made)
    # All characters turn up at each place, so that each counts in full.
    kinds = [len(set(at_a_place)) for at_a_place in zip(*made, strict=True)]
    assert sum(math.log2(kind) for kind in kinds) >= 60
    assert kinds == [32] * tags.LENGTH
