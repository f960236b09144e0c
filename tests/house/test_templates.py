"""Templates: nothing dead in them, every word through gettext, no style or script inline, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from config import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
NAMES = [str(path.relative_to(FOLDER)) for path in TEMPLATES]
each_template = pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
SHOWN = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label"})
LETTERS = re.compile(r"[^\W\d_]{2,}")
# Stands for whatever an expression prints.
HOLE = "\ue000"


def parse(path: Path) -> nodes.Template:
    """The template as a tree."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    return environment.parse(path.read_text(encoding="utf-8"))


@each_template
def test_what_is_imported_is_used(path: Path) -> None:
    tree = parse(path)
    used = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}
    imported = {
        name if isinstance(name, str) else name[1] for each in tree.find_all(nodes.FromImport) for name in each.names
    } | {each.target for each in tree.find_all(nodes.Import)}
    assert imported - used == set()


@each_template
def test_what_is_imported_is_there(path: Path) -> None:
    for each in parse(path).find_all(nodes.FromImport):
        assert isinstance(each.template, nodes.Const)
        there = {macro.name for macro in parse(FOLDER / each.template.value).find_all(nodes.Macro)}
        assert {name if isinstance(name, str) else name[0] for name in each.names} <= there


def test_no_template_is_dead() -> None:
    """Each is rendered by a view, or extended, imported or included by another."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    rendered = set(re.findall(r"""["']([\w/]+\.html)["']""", code))
    joined = {
        each.template.value
        for path in TEMPLATES
        for each in parse(path).find_all((nodes.FromImport, nodes.Import, nodes.Include, nodes.Extends))
        if isinstance(each.template, nodes.Const)
    }
    assert set(NAMES) - rendered - joined == set()
    assert rendered | joined <= set(NAMES)


def test_no_macro_is_dead() -> None:
    """Each is called in its own file or imported by another."""
    dead = []
    imported = {
        (each.template.value, name if isinstance(name, str) else name[0])
        for path in TEMPLATES
        for each in parse(path).find_all(nodes.FromImport)
        if isinstance(each.template, nodes.Const)
        for name in each.names
    }
    whole = {
        each.template.value
        for path in TEMPLATES
        for each in parse(path).find_all(nodes.Import)
        if isinstance(each.template, nodes.Const)
    }
    for path, name in zip(TEMPLATES, NAMES, strict=True):
        tree = parse(path)
        called = {each.name for each in tree.find_all(nodes.Name) if each.ctx == "load"}
        macros = {macro.name for macro in tree.find_all(nodes.Macro)}
        dead += [(name, m) for m in macros - called if (name, m) not in imported and name not in whole]
    assert not dead


class Plain(HTMLParser):
    """Words that stand in a template as they are: text, and the attributes that people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "script")
        self.found += [value for name, value in attrs if name in SHOWN and value and LETTERS.search(value)]
        if tag == "input" and dict(attrs).get("type") in ("submit", "button"):
            self.found += [value for name, value in attrs if name == "value" and value and LETTERS.search(value)]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.hidden and LETTERS.search(data.replace(HOLE, "")):
            self.found.append(" ".join(data.split()))


def skeleton(path: Path) -> str:
    """The template's own text, with a hole wherever something is printed."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", HOLE, text, flags=re.DOTALL)
    return re.sub(r"\{%.*?%\}", "", text, flags=re.DOTALL)


@each_template
def test_every_word_goes_through_gettext(path: Path) -> None:
    plain = Plain()
    plain.feed(skeleton(path))
    assert not plain.found


def texts_in_expressions(tree: nodes.Template) -> Iterator[str]:
    """Texts that an expression prints as they are: `{{ "Yes" if x }}`."""
    for output in tree.find_all(nodes.Output):
        for printed in output.nodes:
            yield from _printed(printed)


def _printed(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _printed(node.expr1)
        if node.expr2 is not None:
            yield from _printed(node.expr2)
    elif isinstance(node, (nodes.Or, nodes.Concat)):
        for child in node.iter_child_nodes():
            yield from _printed(child)


@each_template
def test_no_word_is_printed_by_an_expression_untranslated(path: Path) -> None:
    """Classes and values of attributes are lower case; what people read begins with a capital or has a space inside."""
    found = [text for text in texts_in_expressions(parse(path)) if re.search(r"[A-Z]\w|\w \w", text)]
    allowed = {' class="', ' aria-current="', "field-bad"}
    assert [text for text in found if not any(part in text for part in allowed)] == []


@each_template
def test_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    text = skeleton(path)
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text, re.IGNORECASE)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""(?:src|href|action|srcset|poster)\s*=\s*["'](?:https?:)?//""", text)


def test_the_safe_filter_is_on_constants_only() -> None:
    for path in TEMPLATES:
        for each in parse(path).find_all(nodes.Filter):
            if each.name == "safe":
                assert isinstance(each.node, nodes.Const), path


def test_stylesheet_and_script_fetch_nothing_from_elsewhere() -> None:
    for path in (ROOT / "static").rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//|@import|fetch\(\s*[`'\"]https?:|import\s.*https?:", text), (
            path
        )


def test_every_marked_word_is_translated_with_its_place_holders() -> None:
    """`_("…")` with a value in it would be another sentence each time: values go in as %(name)s."""
    wrong = []
    for path in TEMPLATES:
        for call in parse(path).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext"):
                given = call.args[: 2 if call.node.name == "ngettext" else 1]
                wrong += [(path.name, each.lineno) for each in given if isinstance(each, (nodes.Concat, nodes.Add))]
    assert not wrong
