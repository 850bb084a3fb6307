"""What a letter template may say, and the environment that runs it."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from actions.errors import TemplateRefusedError

LONGEST_TEMPLATE = 20_000
# What Python needs to compile a template stays far below its own limits, so that one
# that was let through once is let through from whatever depth of calls.
MOST_NESTED = 40
MOST_BRACKETS = 10
MOST_FIELDS = 100
LONGEST_NUMBER = 6

# What may stand behind a name's dot. "demand" and "loop" live in the loop only.
FIELDS: dict[str, frozenset[str]] = {
    "campaign": frozenset({"title"}),
    "constituency": frozenset({"country", "name", "region"}),
    "representative": frozenset(
        {"address_as", "display_name", "full_title", "office", "party"}
    ),
}
LOOP_FIELDS: dict[str, frozenset[str]] = {
    "demand": frozenset({"paragraph", "title"}),
    "loop": frozenset({"first", "index", "last", "length"}),
}
PLAIN = frozenset({"demands", "reason"})

# Stands for the supporter's words while a template runs; nobody may type it there.
REASON = "\ue000"

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.If,
    nodes.CondExpr,
    nodes.For,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
    nodes.Filter,
)
_TOO_DEEP = "Conditions are nested too deeply."

environment = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,  # letters are plain text; pages escape them
    trim_blocks=True,
    lstrip_blocks=True,
    cache_size=0,
)


def check(source: str) -> None:
    """Look whether a template may be run and leaves nothing of a supporter's out.

    Raises:
        TemplateRefusedError: with the reason, and the line if the fault has one.

    """
    _check_characters(source)
    try:
        _check_tokens(source)
        places = list(_places(environment.parse(source)))
        for place in places:
            _check_kind(place.node)
            _check_place(place)
        environment.from_string(source)
    except TemplateSyntaxError as error:
        message = f"{str(error.message).rstrip('.')}."
        raise TemplateRefusedError(message, error.lineno) from error
    except (RecursionError, SyntaxError, MemoryError) as error:
        # Python's own limits on nesting, met while parsing or compiling.
        raise TemplateRefusedError(_TOO_DEEP) from error
    _check_nothing_is_left_out(places)


def is_unfit(letter: str) -> bool:
    """Whether no text of a campaigner's may hold this character."""
    is_control = unicodedata.category(letter) in {"Cc", "Cs"}
    return letter == REASON or (is_control and letter not in "\n\r\t")


@dataclass(frozen=True)
class _Place:
    """A node, and whether it stands inside the loop over the demands."""

    node: nodes.Node
    is_in_loop: bool
    depth: int

    def inner(self, node: nodes.Node, *, is_in_loop: bool) -> "_Place":
        """Return the place of a node right below this one."""
        if not node.lineno:  # Jinja2 gives some nodes of its own making none
            children = [child.lineno for child in node.iter_child_nodes()]
            node.lineno = next(filter(None, children), self.node.lineno)
        return _Place(node, is_in_loop, self.depth + 1)


def _places(tree: nodes.Template) -> Iterator[_Place]:
    """Walk the tree in reading order, without the target of a loop."""
    ahead = [_Place(tree, is_in_loop=False, depth=0)]
    while ahead:
        place = ahead.pop()
        if place.depth > MOST_NESTED:
            raise TemplateRefusedError(_TOO_DEEP, place.node.lineno)
        yield place
        node = place.node
        if isinstance(node, nodes.For):
            inside = [place.inner(child, is_in_loop=True) for child in node.body]
            after = [
                place.inner(child, is_in_loop=place.is_in_loop) for child in node.else_
            ]
            ahead.extend(reversed(inside + after))
        else:
            children = [
                place.inner(child, is_in_loop=place.is_in_loop)
                for child in node.iter_child_nodes()
            ]
            ahead.extend(reversed(children))


def _check_characters(source: str) -> None:
    if len(source) > LONGEST_TEMPLATE:
        message = f"The text is longer than {LONGEST_TEMPLATE:,} characters."
        raise TemplateRefusedError(message)
    for at, letter in enumerate(source):
        if is_unfit(letter):
            message = (
                f"There is a character that no letter holds (U+{ord(letter):04X})."
            )
            raise TemplateRefusedError(message, source[:at].count("\n") + 1)


def _check_tokens(source: str) -> None:
    """Refuse what goes wrong while parsing or compiling, before it is parsed."""
    open_brackets = 0
    for line, kind, value in environment.lex(source):
        match kind:
            case "float":
                raise TemplateRefusedError("Only whole numbers are allowed.", line)
            case "integer" if len(value) > LONGEST_NUMBER:
                raise TemplateRefusedError(
                    f"The number {value[:9]}… is too long.", line
                )
            case "string" if "\\" in value:
                message = "A backslash is not allowed between quotation marks."
                raise TemplateRefusedError(message, line)
            case "operator":
                open_brackets += (value in "([{") - (value in ")]}")
                if open_brackets > MOST_BRACKETS:
                    raise TemplateRefusedError(_TOO_DEEP, line)


def _check_kind(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        message = f"“{_word_for(node)}” is not allowed in a letter."
        raise TemplateRefusedError(message, node.lineno)


def _check_place(place: _Place) -> None:
    node = place.node
    match node:
        case nodes.For():
            _check_loop(node, is_in_loop=place.is_in_loop)
        case nodes.Filter():
            _check_filter(node)
        case nodes.Getattr():
            _check_field(node, is_in_loop=place.is_in_loop)
        case nodes.Output():
            _check_output(node)
        case nodes.CondExpr() if node.expr2 is None:
            message = "Say what stands there otherwise: … if … else …."
            raise TemplateRefusedError(message, node.lineno)
        case nodes.Compare():
            _check_comparison(node)
        case nodes.Name() if node.name not in _names(is_in_loop=place.is_in_loop):
            message = f"“{node.name}” is not a field of a letter here."
            raise TemplateRefusedError(message, node.lineno)


def _names(*, is_in_loop: bool) -> frozenset[str]:
    always = PLAIN | FIELDS.keys()
    return always | LOOP_FIELDS.keys() if is_in_loop else always


def _check_loop(node: nodes.For, *, is_in_loop: bool) -> None:
    is_plain = (
        isinstance(node.iter, nodes.Name)
        and node.iter.name == "demands"
        and isinstance(node.target, nodes.Name)
        and node.target.name == "demand"
        and node.test is None
        and not node.recursive
    )
    if is_in_loop or not is_plain:
        message = "The only loop is {% for demand in demands %}, once inside no other."
        raise TemplateRefusedError(message, node.lineno)


def _check_filter(node: nodes.Filter) -> None:
    is_length = (
        node.name == "length"
        and isinstance(node.node, nodes.Name)
        and node.node.name == "demands"
        and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
    )
    if not is_length:
        message = f"The filter “{node.name}” is not allowed: only demands|length is."
        raise TemplateRefusedError(message, node.lineno)


def _check_field(node: nodes.Getattr, *, is_in_loop: bool) -> None:
    fields = {**FIELDS, **LOOP_FIELDS} if is_in_loop else FIELDS
    owner = node.node.name if isinstance(node.node, nodes.Name) else ""
    if node.attr not in fields.get(owner, frozenset()):
        message = f"“{owner or '…'}.{node.attr}” is not a field of a letter here."
        raise TemplateRefusedError(message, node.lineno)


def _check_comparison(node: nodes.Compare) -> None:
    """Let only numbers be ordered, so that no letter fails when it is made."""
    sides = [node.expr, *(operand.expr for operand in node.ops)]
    for operand in node.ops:
        is_ordering = operand.op in {"lt", "lteq", "gt", "gteq"}
        if operand.op in {"eq", "ne"} or (is_ordering and all(map(_is_number, sides))):
            continue
        message = "Compare with == or !=, and with < or > only demands|length."
        raise TemplateRefusedError(message, node.lineno)


def _is_number(node: nodes.Node) -> bool:
    match node:
        case nodes.Const():
            return type(node.value) is int
        case nodes.Filter():
            return True  # demands|length, the only filter there is
        case nodes.Getattr():
            return node.attr in {"index", "length"}
    return False


def _check_output(node: nodes.Output) -> None:
    for shown in _shown(node):
        match shown:
            case nodes.Name() if shown.name in FIELDS.keys() | LOOP_FIELDS | {
                "demands"
            }:
                message = (
                    f"“{shown.name}” is several things: name one, such as its title."
                )
                raise TemplateRefusedError(message, shown.lineno)
            case nodes.Not() | nodes.Compare() | nodes.Getattr(attr="first" | "last"):
                message = "That is a yes or a no: it can stand behind an if only."
                raise TemplateRefusedError(message, shown.lineno)
            case nodes.Const(value=bool() | None):
                message = f"“{shown.value}” is not something that a letter says."
                raise TemplateRefusedError(message, shown.lineno)


def _shown(node: nodes.Output) -> Iterator[nodes.Node]:
    """Give what may come to be printed: of a choice, each of the things to choose."""
    ahead: list[nodes.Node | None] = list(reversed(node.nodes))
    while ahead:
        shown = ahead.pop()
        match shown:
            case nodes.CondExpr():
                ahead += [shown.expr2, shown.expr1]
            case nodes.And() | nodes.Or():
                ahead += [shown.right, shown.left]
            case nodes.Node() if not isinstance(shown, nodes.TemplateData):
                yield shown


def _check_nothing_is_left_out(places: list[_Place]) -> None:
    shown = [
        (node, place.is_in_loop)
        for place in places
        if isinstance(place.node, nodes.Output)
        for node in _shown(place.node)
    ]
    if len(shown) > MOST_FIELDS:
        message = f"There are more than {MOST_FIELDS} fields in the text."
        raise TemplateRefusedError(message, shown[MOST_FIELDS][0].lineno)
    if not any(isinstance(node, nodes.Name) for node, _ in shown):
        message = "The supporter's own words have no place: write {{ reason }}."
        raise TemplateRefusedError(message)
    if not any(
        isinstance(node, nodes.Getattr) and node.attr in LOOP_FIELDS["demand"]
        for node, is_in_loop in shown
        if is_in_loop
    ):
        message = (
            "The demands have no place: write {% for demand in demands %}"
            "{{ demand.paragraph }}{% endfor %}."
        )
        raise TemplateRefusedError(message)


def _word_for(node: nodes.Node) -> str:
    """What a campaigner would call a node."""
    words = {
        nodes.Add: "+",
        nodes.Mul: "*",
        nodes.Pow: "**",
        nodes.Call: "a call ()",
        nodes.Getitem: "[ ]",
        nodes.Assign: "set",
        nodes.Include: "include",
        nodes.Import: "import",
        nodes.Extends: "extends",
        nodes.Macro: "macro",
    }
    return words.get(type(node), type(node).__name__.lower())
