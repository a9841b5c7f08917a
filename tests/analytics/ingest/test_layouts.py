"""A statement in each declared layout, as the bank or the app writes it, all persons invented."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from statement_reader import Reader

from analytics.ingest.layouts import LAYOUTS

STATEMENTS = {
    "hdfc": """HDFC BANK Ltd.,,,,,,Page No .: 1
MR. ASHOK TEST,,,,,,
Account Branch : ANDHERI EAST,,,,,,
Account No : 50100123456789  PRIME,,,,,,
RTGS/NEFT IFSC : HDFC0000123,,,,,,
Statement From : 01/04/2024 To : 30/04/2024,,,,,,
Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
*******,*******,*******,*******,*******,*******,*******
01/04/24,UPI-SHOP-shop@axis-UTIB0000248-409212345678-PAY,0000409212345678,01/04/24,"1,250.50",,"1,23,456.78"
03/04/24,NEFT CR-CITI0000002-INFO LTD-SALARY,N094,03/04/24,,"85,000.00","2,08,456.78"
*******,*******,*******,*******,*******,*******,*******
STATEMENT SUMMARY  :-,,,,,,
Opening Balance,Dr Count,Cr Count,Debits,Credits,Closing Bal,
"1,24,707.28",1,1,"1,250.50","85,000.00","2,08,456.78",
Generated On: 01-May-2024 10:10,,,,,,
Registered Office Address: HDFC Bank House,,,,,,
""",
    "sbi": """Account Name\t:\tMr. ASHOK TEST
Account Number\t:\t_00000031234567890
IFS Code\t:\tSBIN0001234
Balance as on 1 Apr 2024\t:\t1,24,707.28
Start Date\t:\t1 Apr 2024
Txn Date\tValue Date\tDescription\tRef No./Cheque No.\tDebit\tCredit\tBalance
1 Apr 2024\t1 Apr 2024\tTO TRANSFER-UPI/DR/409212345678/SHOP/UTIB/shop@axis/UPI--\t\t1,250.50\t \t1,23,456.78
3 Apr 2024\t3 Apr 2024\tBY TRANSFER-NEFT*CITI0000002*N094*INFO LTD--\t\t \t85,000.00\t2,08,456.78
**This is a computer generated statement and does not require a signature
""",
    "icici": """,DETAILED STATEMENT,,,,,,,
,Account Number,:,000401512345 ( INR )  - ASHOK TEST,,,,,
,Transaction Date from,01/04/2024,to,30/04/2024,,,,
,S No.,Value Date,Transaction Date,ChequeNo.,Transaction Remarks,Withdrawal Amt (INR ),Deposit Amt (INR ),Balance (INR )
,1,01/04/2024,01/04/2024,-,UPI/409212345678/Gift/shop@ybl/YESB/,1250.50,0.0,123456.78
,2,03/04/2024,03/04/2024,-,INF/NEFT/N094/CITI0000002/SALARY/INFO LTD,0.0,85000.00,208456.78
,Legends Used in Account Statement,,,,,,,
,1,VAT/MAT/NFS,Cash withdrawal at other bank ATM,,,,,
""",
    "axis": """Name :- ASHOK TEST
Joint Holder :- -
Statement of Account No - 912010012345678 for the period (From : 01-04-2024 To : 30-04-2024)
IFSC Code :- UTIB0000123
Tran Date,CHQNO,PARTICULARS,DR,CR,BAL,SOL
,,OPENING BALANCE,,,124707.28,
01-04-2024,-,UPI/P2M/409212345678/SHOP/UPI/YES BANK,1250.50, ,123456.78,123
03-04-2024,-,NEFT/CITI0000002/INFO LTD/SALARY, ,85000.00,208456.78,123
,,TRANSACTION TOTAL,1250.50,85000.00,,
,,CLOSING BALANCE,,,208456.78,
Unless the constituent notifies the bank immediately of any discrepancy
++++ End of Statement ++++
""",
    "kotak": """Kotak Mahindra Bank
Account No.,9412345678
Period,From 01/04/2024 To 30/04/2024
Sl. No.,Date,Description,Chq / Ref number,Amount,Dr / Cr,Balance,Dr / Cr
1,01-04-2024,UPI/SHOP/409212345678/Payment,UPI-4092,"1,250.50",DR,"1,23,456.78",CR
2,03-04-2024,NEFT CITI0000002 INFO LTD,NEFTINW-1,"85,000.00",CR,"2,08,456.78",CR
Statement Summary
Opening balance,"1,24,707.28"
""",
    "pnb": """Punjab National Bank
Account Statement for Account Number 0123000100456789
Txn No.,Txn Date,Description,Branch Name,Cheque No.,Dr Amount,Cr Amount,Balance
S123,01/04/2024,UPI/DR/409212345678/SHOP/UTIB/shop@axis,MAIN,,"1,250.50",,"1,23,456.78 Cr."
S124,03/04/2024,NEFT_IN:N094/INFO LTD,MAIN,,,"85,000.00","2,08,456.78 Cr."
Unless constituent notifies the bank immediately of any discrepancy found
""",
    "phonepe": """Transaction Statement for 9000000000
Date,Transaction Details,Transaction ID,UTR No.,Type,Amount
"Apr 01, 2024 10:15 am",Paid to SHOP,T2404010001,409212345678,DEBIT,"₹1,250.50"
"Apr 03, 2024 09:05 pm",Received from INFO LTD,T2404030001,409412345678,CREDIT,"₹85,000"
This is an automatically generated statement.
""",
    "google_pay": """Google Pay transactions
Time,Transaction ID,Description,Product,Payment method,Status,Amount
"1 Apr 2024, 10:15",G1,Paid to SHOP,Google Pay,Bank,Completed,"INR 1,250.50"
"2 Apr 2024, 10:15",G2,Paid to SHOP,Google Pay,Bank,Failed,"INR 99.00"
"3 Apr 2024, 21:05",G3,Received from INFO LTD,Google Pay,Bank,Completed,"INR 85,000.00"
""",
    "paytm": """Paytm Statement
Date,Time,Transaction Details,Other Transaction Details (UPI ID or A/c No),Amount,UPI Ref No.,Tags
01/04/2024,10:15:30,Paid to SHOP,shop@axis,"-1,250.50",409212345678,
03/04/2024,21:05:00,Received from INFO LTD,info@hdfc,"+85,000.00",409412345678,
""",
}
APPS = {"phonepe", "google_pay", "paytm"}


def test_every_layout_has_a_statement_here() -> None:
    assert set(STATEMENTS) == set(LAYOUTS)


@pytest.mark.parametrize("layout", STATEMENTS)
def test_a_layout_is_known_by_its_headings_and_read(read: Reader, layout: str) -> None:
    found = read(STATEMENTS[layout])
    assert found.parsed.source == layout
    assert found.column("amount") == [Decimal("-1250.50"), Decimal(85_000)]
    assert [moment.date() for moment in found.column("posted_at")] == [dt.date(2024, 4, 1), dt.date(2024, 4, 3)]
    assert [row["reason"] for row in found.rejected] == (
        ["Status says that no money moved."] if layout == "google_pay" else []
    )
    if layout not in APPS:
        assert found.column("balance_after") == [Decimal("123456.78"), Decimal("208456.78")]
        assert found.continuous


@pytest.mark.parametrize("layout", sorted(set(STATEMENTS) - APPS))
def test_an_account_number_becomes_an_id_and_appears_nowhere(read: Reader, layout: str) -> None:
    found = read(STATEMENTS[layout], account=None, customer=None)
    again = read(STATEMENTS[layout], name="again.csv", account=None, customer="C7")
    number = "".join(
        figure for figure in found.parsed.accounts.to_pylist()[0]["account_id"] if figure.isdigit()
    )  # fmt: skip
    assert number not in STATEMENTS[layout] or len(number) < 6
    assert found.column("account_id") == again.column("account_id")
    assert set(again.column("customer_id")) == {"C7"}
    assert found.parsed.accounts["card_number"].to_pylist() == [None]


def test_the_words_before_the_table_are_understood(read: Reader) -> None:
    found = read(STATEMENTS["hdfc"], account=None, customer=None).parsed
    assert found.told["ifsc"] == "HDFC0000123"
    assert (found.told["first_day"], found.told["last_day"]) == (dt.date(2024, 4, 1), dt.date(2024, 4, 30))
    assert found.customers["full_name"].to_pylist() == ["MR. ASHOK TEST"]
    sbi = read(STATEMENTS["sbi"], name="sbi.tsv").parsed
    assert sbi.told["opening_balance"] == Decimal("124707.28")


def test_times_of_the_day_are_kept(read: Reader) -> None:
    for layout, evening in (("phonepe", (21, 5)), ("google_pay", (21, 5)), ("paytm", (21, 5))):
        moment = read(STATEMENTS[layout]).column("posted_at")[1]
        assert (moment.hour, moment.minute) == evening, layout
