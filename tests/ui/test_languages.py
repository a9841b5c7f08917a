"""No sentence of the interface lacks its translation, and none says more or less than the English."""

import re
import string

import pytest
import yaml
from sentences import sentences

from governance.look.theme import LANGUAGES
from ui import language
from ui.language import day, figured, say, speaking, words

OTHERS = [each for each in LANGUAGES if each != "en"]
#: Names that are written alike everywhere.
ALIKE = frozenset({"SQL", "AUC", "Gini", "KS", "PSI", "KYC", "PD"})
SCRIPTS = {"hi": re.compile(r"[\u0900-\u097f]")}


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("spoken", OTHERS)
def test_no_sentence_is_missing(spoken):
    assert sorted(sentences() - words(spoken).keys()) == []


@pytest.mark.parametrize("spoken", OTHERS)
def test_placeholders_agree_and_the_script_is_the_languages_own(spoken):
    for english, said in words(spoken).items():
        assert fields(english) == fields(said), english
        assert english in ALIKE or SCRIPTS[spoken].search(said), english
        assert not re.search(r"[\u0966-\u096f]", said), f"digits stay Western: {english}"


@pytest.mark.parametrize("spoken", OTHERS)
def test_no_sentence_stands_twice(spoken):
    text = (language.FOLDER / f"{spoken}.yaml").read_text("utf-8")
    keys = [line.split('": "')[0] for line in text.splitlines() if line.startswith('"')]
    assert len(keys) == len(set(keys)) == len(yaml.safe_load(text))


def test_figures_and_dates_keep_their_digits():
    import datetime as dt

    with speaking("hi"):
        assert day(dt.date(2026, 6, 30)) == "30 जून 2026"
        assert figured("₹4.2 L") == "₹4.2 लाख"
        assert figured("−₹1.3 Cr") == "−₹1.3 करोड़"
        assert figured("41 days") == "41 दिन"
        assert figured("1,23,456") == "1,23,456"
        assert say("a sentence that nobody translated") == "a sentence that nobody translated"
    assert figured("₹4.2 L") == "₹4.2 L"
