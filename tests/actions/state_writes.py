"""Where code writes the state of a letter, as far as that can be read from it.

Whatever may be a letter's is found: only what is visibly of another model is left out.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from django.apps import apps

from actions.models import Letter

_OTHERS = {
    model.__name__
    for model in apps.get_app_config("actions").get_models()
    if not issubclass(model, Letter)
}
_WRITERS = {
    "update",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "aupdate",
    "acreate",
    "aget_or_create",
    "aupdate_or_create",
    "abulk_create",
    "abulk_update",
}
_SQL = re.compile(
    r"\bupdate\s+\"?actions_letter\"?\s.*\bstate\b|\binsert\s+into\s+\"?actions_letter\"?\s",
    re.IGNORECASE | re.DOTALL,
)


def lines_of(source: str) -> list[int]:
    """Give the lines on which a letter's state is, or may be, written."""
    tree = ast.parse(source)
    return sorted({node.lineno for node in _Module(tree).writes()})


class _Module:
    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        # What each name stands for, wherever in the module: for "State" and the like.
        self.named: dict[str, list[ast.expr]] = defaultdict(list)
        # What is put into a dictionary of that name as the state.
        self.states_in: dict[str, list[ast.expr]] = defaultdict(list)
        for target, value in self._assigned():
            if isinstance(target, ast.Name):
                self.named[target.id].append(value)
            elif isinstance(target, ast.Subscript) and _is_state(target.slice):
                self.states_in[ast.unparse(target.value)].append(value)

    def writes(self) -> Iterator[ast.expr]:
        """Give what may write a letter's state."""
        for target, _ in self._assigned():
            if isinstance(target, ast.Attribute) and target.attr == "state":
                yield target
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call | ast.Constant) and self._is_a_write(node):
                yield node

    def _assigned(self) -> Iterator[tuple[ast.expr, ast.expr]]:
        for node in ast.walk(self.tree):
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value:
                targets = [node.target]
            for target in targets:
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                for part in parts:
                    yield part, node.value  # type: ignore[attr-defined]

    def _is_a_write(self, call: ast.Call | ast.Constant) -> bool:
        if isinstance(call, ast.Constant):
            return isinstance(call.value, str) and bool(_SQL.search(call.value))
        name = ast.unparse(call.func)
        if name in {"setattr", "object.__setattr__"}:
            return _is_state(call.args[1]) or not isinstance(call.args[1], ast.Constant)
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name == "Letter" or name.endswith(".Letter"):
            method = "create"
        if method not in _WRITERS or _root(call.func) in _OTHERS:
            return False
        if method.endswith("bulk_update"):
            return any(_is_state(node) for node in ast.walk(call))
        return any(not self._is_of_another(one) for one in self._states(call))

    def _states(self, call: ast.Call) -> Iterator[ast.expr]:
        """Give what a call writes as the state, by word or in a dictionary."""
        for word in call.keywords:
            if word.arg == "state":
                yield word.value
            elif word.arg is None or word.arg.endswith("defaults"):
                yield from self._states_of(word.value)

    def _states_of(self, mapping: ast.expr) -> Iterator[ast.expr]:
        yield from self.states_in.get(ast.unparse(mapping), [])
        meant = self.named.get(mapping.id, []) if isinstance(mapping, ast.Name) else []
        for one in [mapping, *meant]:
            for node in ast.walk(one):
                if isinstance(node, ast.Dict):
                    pairs = zip(node.keys, node.values, strict=True)
                    yield from (value for key, value in pairs if _is_state(key))
                elif isinstance(node, ast.Call) and ast.unparse(node.func) == "dict":
                    yield from (
                        word.value for word in node.keywords if word.arg == "state"
                    )

    def _is_of_another(self, state: ast.expr) -> bool:
        root = _root(state)
        return root in _OTHERS or any(
            _root(meant) in _OTHERS for meant in self.named.get(root, [])
        )


def _root(node: ast.expr) -> str:
    """Give the name that an expression begins with: "Letter" of "Letter.objects"."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_state(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"
