"""Collecting the words of the package: every string in its code that a person can read as a sentence.

Read from the source, so that a message of a rare error is there as well. A value in a message is shown by its name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "plandoc"
# Two words, one of them of at least two letters; everything shorter is a key, a name or a mark.
_WORDS = re.compile(r"[A-Za-z]{2,}[,;:.)}']* [A-Za-z{(']|[A-Za-z}][,;:.)}']* [A-Za-z]{2,}")
# What is no text: patterns, and the marks of SVG and HTML.
_MARKUP = re.compile(r"\s*<[a-z/!]")
_CALLS_WITH_PATTERNS = frozenset({"compile", "fullmatch", "match", "search", "sub", "split"})
_Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def every_message() -> str:
    """Return all messages of the package as one text: by file and function, without the numbers of lines, sorted."""
    blocks = []
    for path in sorted(PACKAGE.rglob("*.py")):
        by_function: dict[str, set[str]] = {}
        for function, text in messages_in(path.read_text("utf-8")):
            # At its top, an __init__ has only lists of names.
            if function or path.name != "__init__.py":
                by_function.setdefault(function, set()).add(text)
        place = path.relative_to(PACKAGE.parent).as_posix()
        for function, texts in sorted(by_function.items()):
            blocks.append("\n".join([f"{place} {function}".rstrip(), *(f"    {text}" for text in sorted(texts))]))
    return "\n\n".join(blocks) + "\n"


def messages_in(source: str) -> Iterator[tuple[str, str]]:
    """Yield each message in a source, with the function or class that it is in; blank at the top of a module."""
    yield from _in_scope(ast.parse(source), "")


def _in_scope(scope: _Scope, name: str) -> Iterator[tuple[str, str]]:
    for node in _without_docstring(scope):
        yield from _in_node(node, name)


def _without_docstring(scope: _Scope) -> list[ast.stmt]:
    return scope.body[1:] if ast.get_docstring(scope, clean=False) is not None else scope.body


def _in_node(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _in_scope(node, f"{name}.{node.name}".lstrip("."))
        return
    if isinstance(node, ast.Call) and _name_of(node.func) in _CALLS_WITH_PATTERNS:
        return
    text = _text_of(node)
    if text is not None:
        if _WORDS.search(text) and not _MARKUP.match(text):
            yield name, text.replace("\n", "\\n")
        return
    for child in ast.iter_child_nodes(node):
        yield from _in_node(child, name)


def _text_of(node: ast.AST) -> str | None:
    """Return the text of a string as it is written, with the values in braces; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(part) or "" for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return f"{{{_value(node.value)}}}"
    return None


def _value(node: ast.expr) -> str:
    """Return what stands for a value: its name, or the texts that it is chosen from."""
    if isinstance(node, ast.Name | ast.Attribute):
        return ast.unparse(node)
    if isinstance(node, ast.IfExp):
        return f"{_value(node.body)} | {_value(node.orelse)}"
    if isinstance(node, ast.Constant | ast.JoinedStr):
        return repr(_text_of(node))
    return f"{_name_of(node.func)}()" if isinstance(node, ast.Call) else "..."


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else "..."
