"""What a campaigner's plain text may hold, and how long it makes a letter."""

from collections.abc import Sequence
from typing import Final

from jinja2 import nodes

from actions.rendering.language import environment, is_unfit

LONGEST_PARAGRAPH: Final = 1_500
# No other field is longer: the registers' and the campaigns' columns end here.
LONGEST_FIELD: Final = 200


def fault_in(text: str) -> str:
    """Say in a sentence what keeps a field's text out of letters; "" if nothing."""
    for letter in text:
        if is_unfit(letter):
            return f"There is a character that no letter holds (U+{ord(letter):04X})."
    # Even one alone: together with that of another field it makes a note.
    if set(text) & set("[]"):
        return (
            "Take the square brackets out: in a letter they mark a note that is to be "
            "replaced, so that no letter with them could be sent."
        )
    return ""


def longest(source: str, demands: int) -> int:
    """Count the characters of the longest letter that a checked template can make.

    An upper bound, without the supporter's own words: of two sides of a condition it
    counts the longer one, and each field at its longest.
    """
    return _of_all(environment.parse(source).body, demands)


def _of_all(body: Sequence[nodes.Node], demands: int) -> int:
    return sum(_of(node, demands) for node in body)


def _of(node: nodes.Node, demands: int) -> int:
    """Count what one node prints at most."""
    sides = _sides(node, demands)
    if sides:
        return max(_of_all(side, demands) for side in sides)
    return _of_leaf(node, demands)


def _sides(node: nodes.Node, demands: int) -> list[Sequence[nodes.Node]]:
    """List what a node may print, one of these at a time; nothing for a leaf."""
    sides: list[Sequence[nodes.Node]] = []
    match node:
        case nodes.Output():
            sides = [node.nodes]
        case nodes.If():
            sides = [node.body, node.else_, *(other.body for other in node.elif_)]
        case nodes.For():
            sides = [node.body * demands, node.else_]
        case nodes.CondExpr(expr2=nodes.Node() as other):
            sides = [[node.expr1], [other]]
        case nodes.And() | nodes.Or():
            sides = [[node.left], [node.right]]
    return sides


def _of_leaf(node: nodes.Node, demands: int) -> int:
    length = 0  # that of the supporter's own words
    match node:
        case nodes.TemplateData():
            length = len(node.data)
        case nodes.Const():
            length = len(str(node.value))
        case nodes.Getattr():
            is_long = node.attr == "paragraph"
            length = LONGEST_PARAGRAPH if is_long else LONGEST_FIELD
        case nodes.Filter():  # demands|length, the only one there is
            length = len(str(demands))
    return length
