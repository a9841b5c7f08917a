"""Statement text: each bank writes its own way."""

from __future__ import annotations

import re

import pytest

from analytics.sandbox.catalogue import catalogue
from analytics.sandbox.narrations import FIELDS

FORMS = {
    "HDFC UPI": r"UPI-[A-Z .&]+-[a-z0-9.]+@[a-z]+-[A-Z]{4}0\w{6}-\d{12}-.+",
    "HDFC NEFT": r"NEFT CR-[A-Z]{4}0\w{6}-.+-N\d{12}-SALARY [A-Z]{3} \d{2}",
    "HDFC ACH": r"ACH D- SAHYADRI FINANCE LIMITED-P400\w+",
    "HDFC POS": r"POS \d{6}XXXXXX\d{4} [A-Z0-9 .&]+",
    "HDFC ATM": r"NWD-\d{6}XXXXXX\d{4}-\w+-[A-Z]+",
    "SBI UPI": r"WDL TFR UPI/DR/\d{12}/.{1,8}/[A-Z]{4}/.+ AT 0\d{4}6 [A-Z ]+",
    "SBI person": r"TO TRANSFER-UPI/DR/\d{12}/.{1,8}/[A-Z]{4}/.+/UPI--",
    "ICICI UPI": r"UPI/\d{12}/.*/[a-z0-9.]+@[a-z]+/[A-Z]{4}/",
    "ICICI IMPS": r"MMT/IMPS/\d{12}/.+/.+/[A-Z]{4}",
    "ICICI ATM": r"NFS/CASH WDL/\d{12}/[A-Z]+",
    "ICICI bill": r"BIL/ONL/\d{12}/.+/\d{4}",
    "Axis merchant": r"UPI/P2M/\d{12}/.+/.*/[A-Z]{4}",
    "Axis person": r"UPI/P2A/\d{12}/.+/.*/[A-Z]{4}",
    "Kotak UPI": r"UPI/[A-Z][A-Z0-9 .&]+/\d{12}/.*",
    "IMPS": r"BY TRF\. IMPS TRF FROM .+ \d{12}",
    "HDFC return": r"ACH D RTN- .+-P400\w+",
    "ICICI return charge": r"ECSRTNCHGSM\d+ [A-Z]{3} \d{2}",
    "Kotak return charge": r"Chrg: ECS/NACH Return [A-Z]{3} \d{2}",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_are_present(lender, form):
    assert lender.count(f"transactions WHERE regexp_full_match(narration, '{FORMS[form]}')") > 5


def test_nothing_is_left_unfilled(lender):
    assert lender.count("transactions WHERE contains(narration, '{') OR contains(narration, 'None')") == 0


def test_references_tell_the_day(lender):
    wrong = (
        "SELECT count(*) FROM transactions WHERE mode = 'upi' AND"
        " reference[2:4]::INT != dayofyear(posted_at) OR length(reference) NOT IN (12, 13)"
    )
    assert lender.value(wrong) == 0


def test_persons_have_no_merchant_and_merchants_keep_theirs(lender):
    assert lender.count("transactions WHERE subcategory = 'sent_to_person' AND merchant IS NOT NULL") == 0
    assert lender.count("transactions WHERE category = 'groceries' AND (merchant IS NULL OR mcc IS NULL)") == 0
    assert lender.count("transactions WHERE mode = 'upi' AND vpa IS NULL") == 0
    assert lender.count("transactions WHERE mode = 'pos' AND merchant = 'Swiggy'") == 0


def test_every_declared_form_has_known_fields():
    for forms in catalogue().forms.values():
        for form in forms.values():
            assert set(re.findall(r"\{(\w+)\}", form)) <= set(FIELDS)
