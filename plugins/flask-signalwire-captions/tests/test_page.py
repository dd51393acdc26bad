"""What a template imports, and what it makes the browser load."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from flask import render_template_string

from flask_signalwire_captions import captions_url

CALL = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
PAGE = '{% from "signalwire/captions.html" import captions %}'


def render(app, template, **values):
    with app.test_request_context():
        if "link" in values:
            values["link"] = captions_url(CALL)
        return render_template_string(PAGE + template, **values)


def test_the_macro_names_the_stream_and_loads_the_script(signalwire_app) -> None:
    page = render(signalwire_app, "{{ captions(call, lang='en-US') }}", call=CALL)
    assert f'data-signalwire-captions="/signalwire/captions/{CALL}"' in page
    assert 'data-captions-lang="en-US"' in page
    assert "<noscript>Live captions need JavaScript.</noscript>" in page
    assert 'aria-live="polite"' in page
    http = signalwire_app.test_client()
    for found in re.findall(r'(?:src|href)="([^"]+)"', page):
        with http.get(found) as answer:
            assert answer.status_code == 200
            assert answer.mimetype in ("text/javascript", "application/javascript", "text/css")


def test_the_macro_takes_a_link_and_words(signalwire_app) -> None:
    template = "{{ captions(none, url=link, stylesheet=false, texts={'open': '\"<live>'}) }}"
    page = render(signalwire_app, template, link=True)
    assert f"{CALL}?token=" in page
    assert 'data-text-open="&#34;&lt;live&gt;"' in page
    assert "stylesheet" not in page


def test_nothing_needs_more_than_script_src_self(signalwire_app) -> None:
    page = render(signalwire_app, "{{ captions(call) }}", call=CALL)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:", page)
    with signalwire_app.test_client().get("/signalwire/captions/static/captions.js") as answer:
        script = answer.text
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\b|document\.write", script)


def test_the_script_can_be_parsed() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("without Node.js nothing here reads JavaScript")
    import flask_signalwire_captions

    path = f"{flask_signalwire_captions.__path__[0]}/static/captions.js"
    subprocess.run([node, "--check", path], check=True)
