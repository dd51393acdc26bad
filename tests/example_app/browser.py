"""What a person does with the desk's page, without a browser: read it, and send its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset({"meta", "link", "input", "img", "br", "hr"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    @property
    def text(self) -> str:
        parts = [part if isinstance(part, str) else part.text for part in self.children]
        return " ".join("".join(parts).split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): text for name, text in attributes.items()}
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.tag == tag and wanted.items() <= child.attributes.items():
                    found.append(child)
                found += child.all(tag, **attributes)
        return found

    def one(self, tag: str, **attributes: str) -> Element:
        [found] = self.all(tag, **attributes)
        return found

    @property
    def disabled(self) -> bool:
        here = "disabled" in self.attributes
        return here or (self.parent is not None and self.parent.disabled)


class Page(HTMLParser):
    """An answer that is HTML, as a tree."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__()
        assert answer.mimetype == "text/html", answer.mimetype
        self.answer = answer
        self.status = answer.status_code
        self.html = answer.text
        self.root = self._at = Element("", {})
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: text or "" for name, text in attrs}, self._at)
        self._at.children.append(made)
        if tag not in VOID:
            self._at = made

    def handle_endtag(self, tag: str) -> None:
        assert self._at.tag == tag, f"</{tag}> closes <{self._at.tag}>"
        assert self._at.parent is not None
        self._at = self._at.parent

    def handle_data(self, data: str) -> None:
        self._at.children.append(data)

    def id(self, name: str) -> Element:
        [found] = [each for each in self._everything(self.root) if each.get("id") == name]
        return found

    def labelled(self, text: str) -> Element:
        [label] = [label for label in self.root.all("label") if label.text == text]
        return self.id(label["for"])

    def button(self, text: str) -> Element:
        [found] = [button for button in self.root.all("button") if button.text == text]
        return found

    def error_of(self, text: str) -> str:
        """The message that describes a field."""
        ids = self.labelled(text)["aria-describedby"].split()
        return next(self.id(name).text for name in ids if name.endswith("-error"))

    def _everything(self, element: Element) -> list[Element]:
        inner = [child for child in element.children if isinstance(child, Element)]
        return [*inner, *(each for child in inner for each in self._everything(child))]


class Browser:
    """Somebody at a browser, who sends what its forms have in them."""

    def __init__(self, http: FlaskClient, base_url: str = "http://localhost") -> None:
        self.http = http
        self._base = base_url
        self.page: Page

    def open(self, path: str, method: str = "GET", **options: Any) -> TestResponse:
        headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"} | dict(
            options.pop("headers", {})
        )
        return self.http.open(path, method=method, base_url=self._base, headers=headers, **options)

    def visit(self, path: str) -> Page:
        """Go somewhere, and wherever that leads."""
        return self._shown(self.open(path))

    def press(self, button: str, **typed: str) -> Page:
        """Fill in the form that a button is in, by its fields' names, and press it."""
        return self._shown(self.send(button, **typed))

    def send(self, button: str, **typed: str) -> TestResponse:
        """The answer to a form, before any redirect."""
        pressed = self.page.button(button)
        assert not pressed.disabled, f"the button {button!r} is disabled"
        form: Element | None = pressed
        while form is not None and form.tag != "form":
            form = form.parent
        assert form is not None
        data = {each["name"]: each.get("value") or "" for each in form.all("input")}
        for select in form.all("select"):
            options = select.all("option")
            chosen = [each for each in options if "selected" in each.attributes] or options[:1]
            data[select["name"]] = chosen[0]["value"]
        data |= {each["name"]: each.text for each in form.all("textarea")}
        assert typed.keys() <= data.keys(), f"no such fields: {typed.keys() - data.keys()}"
        path = form.get("action") or ""
        headers = {"Referer": f"{self._base}/"}
        return self.open(path, form["method"].upper(), data=data | typed, headers=headers)

    def _shown(self, answer: TestResponse) -> Page:
        for _ in range(5):
            if answer.status_code not in (302, 303):
                break
            answer = self.open(answer.location)
        self.page = Page(answer)
        return self.page
