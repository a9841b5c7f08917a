import datetime as dt
from dataclasses import replace

from scripted import facts

from ui.facts import ScreenFacts
from ui.markup import render


def test_the_head_says_whose_books_as_of_when_and_who_thinks():
    html = render("header.html", facts=facts())
    for words in ("demo", "as of 30 Jun 2026", "credit v7", "trained 31 Mar 2026, 3 months old"):
        assert words in html
    assert "mind: embedded <span>· nothing leaves this machine" in html
    assert "stale" not in html


def test_an_outside_model_is_named_and_where_data_goes_is_told():
    html = render("header.html", facts=replace(facts(), mind="openai:some-model"))
    assert "mind: openai:some-model" in html
    assert "nothing leaves" not in html
    assert "go to this model" in html


def test_an_old_model_is_marked():
    assert replace(facts(), trained=dt.date(2024, 6, 30)).stale


def test_empty_books_say_so():
    html = render("header.html", facts=ScreenFacts("demo"))
    assert "no data yet" in html
