"""What is personal in a question, and what only looks like it."""

from __future__ import annotations

import re

import pytest
from fakes import CARD, PEOPLE
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.privacy import TOKEN, Veil
from assistant.screening import Screening
from governance.principal import Principal, local_principal
from governance.written_personal import plain
from tools.workspace import Workspace

PERSONAL = [
    ("is ABCPK1234F a customer", "PAN"),
    ("pan abcpk1234f please", "PAN"),
    ("PAN ABCPK 1234 F", "PAN"),
    ("Aadhaar 2345 6789 0124", "AADHAAR"),
    ("aadhaar no 234567890124?", "AADHAAR"),
    (f"the card {CARD}", "CARD"),
    ("card 4539 5787 6362 1486 was lost", "CARD"),
    ("card 4539-5787-6362-1486.", "CARD"),
    ("call +91 98200 12345", "PHONE"),
    ("phone 09820012345", "PHONE"),
    ("mobile 9820012345 of whom?", "PHONE"),
    ("mobile ९८२००१२३४५", "PHONE"),
    ("mobile 98200\u200b12345", "PHONE"),
    ("mail Ramesh.Kulkarni@example.in now", "EMAIL"),
    ("paid to ramesh.k@okaxis yesterday", "VPA"),
    ("a/c no 123456789012", "ACCOUNT"),
    ("transfers to 50100012345678 at HDFC0001234", "ACCOUNT"),
    ("transfers to 50100012345678 at HDFC0001234", "IFSC"),
]

INNOCENT = [
    "who are my top 100 risky borrowers?",
    "transactions above ₹50,00,000 since 2026-03-31",
    "loans of 9,82,00,12,345 rupees",
    "between 01/04/2025 and 31/03/2026",
    "borrowers with PD over 12.5 % and 90 days past due",
    "compare FY2024-25 with FY2025-26",
    "the 1234567890123 largest postings",
    "score 750 to 800, customers C_4F21 and C_77A0",
    "how many transactions went to HDFC0001234",
    "spend @ restaurants",
    "Show Gold Loans In Pune For Sunita",
    "what does SMA-2 mean under RBI/2023-24/53",
]


@pytest.fixture
def screening(workspace: Workspace) -> Screening:
    return Screening(workspace, local_principal("demo"))


@pytest.mark.parametrize(("question", "kind"), PERSONAL)
def test_personal_data_becomes_a_token(screening: Screening, workspace: Workspace, question: str, kind: str) -> None:
    screened = screening.screen(question, Veil(workspace.keys)).text
    assert re.search(rf"\b{kind}_[0-9a-f]{{12}}\b", screened)
    kept = re.sub(r"\D", "", TOKEN.sub("", screened))
    assert len(kept) < 6


@pytest.mark.parametrize("question", INNOCENT)
def test_what_only_looks_personal_stays(screening: Screening, workspace: Workspace, question: str) -> None:
    assert screening.screen(question, Veil(workspace.keys)).text == question


def test_one_value_has_one_token_however_it_is_written(screening: Screening, workspace: Workspace) -> None:
    written = ("+91 98200 12345", "09820012345", "98200-12345", "9820012345")
    assert len({screening.screen(f"phone {each}", Veil(workspace.keys)).text for each in written}) == 1


@pytest.mark.parametrize(
    ("question", "screened"),
    [
        ("Tell me about Ramesh Kulkarni", "Tell me about customer C_4F21"),
        ("RAMESH KULKARNI'S loans", "customer C_4F21'S loans"),
        ("is Kulkarni, Ramesh overdue?", "is customer C_4F21 overdue?"),
        ("compare ramesh kulkarni with Sunita Rao", "compare customer C_4F21 with customer C_77A0"),
        ("customer Sunita Rao", "customer C_77A0"),
        ("Sunita. Rao lives elsewhere", "customer C_77A0 lives elsewhere"),
        ("what of Sunita and Rao?", "what of Sunita and Rao?"),
    ],
)
def test_a_full_name_becomes_the_customer(
    screening: Screening, workspace: Workspace, question: str, screened: str
) -> None:
    assert screening.screen(question, Veil(workspace.keys)).text == screened


def test_only_who_may_see_identifiers_may_ask_by_them(workspace: Workspace) -> None:
    question = f"who has PAN {PEOPLE[1][4]} or card {CARD}?"
    compliance = Screening(workspace, Principal("cora", "demo", "compliance"))
    assert compliance.screen(question, Veil(workspace.keys)).text == (
        "who has PAN customer C_77A0 or card customer C_4F21?"
    )
    analyst = Screening(workspace, Principal("ana", "demo", "analyst"))
    assert "C_" not in analyst.screen(question, Veil(workspace.keys)).text


def test_the_veil_puts_back_what_was_written(screening: Screening, workspace: Workspace) -> None:
    veil = Veil(workspace.keys)
    question = "phone 98200 12345 and mail anil@example.in"
    screened = screening.screen(question, veil).text
    assert "98200" not in screened
    assert veil.reveal(screened) == question
    assert veil.hide(question) == screened


def test_a_hidden_day_is_hidden_however_it_is_written(workspace: Workspace) -> None:
    veil = Veil(workspace.keys)
    token = veil.token("birth_date", "1984-05-02")
    said = "Born 2 May 1984 (1984-05-02, 02/05/1984), not 3 May 1984."
    assert veil.hide(said) == f"Born {token} ({token}, {token}), not 3 May 1984."


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_any_text_is_screened_without_error(workspace: Workspace, text: str) -> None:
    screened = Screening(workspace, local_principal("demo")).screen(text, Veil(workspace.keys)).text
    assert len(screened) <= 40 * (len(plain(text)) + 1)
