"""Narrations as banks print them, written from the public formats; shares nothing with the parser."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

GIVEN = [
    "RAMESH",
    "LEELA",
    "JEAN",
    "ABDUL",
    "GURPREET",
    "THENMOZHI",
    "OINDRILA",
    "BINOD",
    "FATIMA",
    "CHARLES",
    "MEENAL",
]
FAMILY = [
    "VENKATARAMAN",
    "D-SOUZA",
    "CHAKRABORTY",
    "PHUKAN",
    "MUTHUSAMY",
    "SHEIKH",
    "TOPPO",
    "LOBO",
    "KHURANA",
    "ZACHARIA",
]
TRADES = [
    "ANNAPOORNA STORES",
    "BLUE-ORCHID TRAVELS",
    "SHRI SAI MEDICALS",
    "K R BAKERS",
    "NORTH-STAR LABS PVT LTD",
    "QUICKMART",
    "A1 MOBILES",
    "GREEN LEAF NURSERY",
    "PATEL AND SONS",
    "METRO-CASH HARDWARE",
    "DECCAN FINCORP LIMITED",
]
BANKS = ["HDFC", "SBIN", "ICIC", "UTIB", "KKBK", "PUNB", "BARB", "YESB"]
HANDLES = ["okaxis", "ybl", "paytm", "oksbi", "icici", "axisbank"]
NOTES = ["lunch", "rent for june", "Payment", "school fees", "UPI", "thank you", "EMI", "Gift"]
TOWNS = ["PUNE", "NOIDA", "KOCHI", "THANE", "SALEM"]


@dataclass(frozen=True)
class Written:
    """One narration and what it says. ``counterparty`` is the name as printed, or None where there is none."""

    narration: str
    mode: str
    direction: str
    counterparty: str | None
    vpa: str | None = None


class Pen:
    """Draws what goes into a narration."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.dice.choice("0123456789") for _ in range(count))

    def rrn(self) -> str:
        return self.dice.choice("3456") + self.digits(11)

    def utr(self) -> str:
        return self.dice.choice(BANKS) + self.dice.choice("NRH") + "5" + self.digits(self.dice.choice([10, 15]))

    def ifsc(self) -> str:
        return self.dice.choice(BANKS) + "0" + self.digits(6)

    def bank(self) -> str:
        return self.dice.choice(BANKS)

    def name(self, width: int = 60) -> str:
        person = f"{self.dice.choice(GIVEN)} {self.dice.choice(FAMILY)}"
        return self.dice.choice([person, self.dice.choice(TRADES)])[:width].strip()

    def vpa(self, broken: bool = False) -> str:
        local = self.dice.choice(
            [f"q{self.digits(8)}", self.dice.choice(GIVEN).lower() + self.digits(3), "9" + self.digits(9)]
        )
        vpa = f"{local}@{self.dice.choice(HANDLES)}"
        at = self.dice.randrange(3, len(vpa) - 2)
        return f"{vpa[:at]} {vpa[at:]}" if broken else vpa

    def note(self) -> str:
        return self.dice.choice(NOTES)

    def town(self) -> str:
        return self.dice.choice(TOWNS)


def _hdfc_upi(pen: Pen, way: str) -> Written:
    name, vpa, broken = pen.name(), pen.vpa(), pen.dice.random() < 0.3
    shown = vpa if not broken else f"{vpa[:5]} {vpa[5:]}"
    return Written(f"UPI-{name}-{shown}-{pen.ifsc()}-{pen.rrn()}-{pen.note()}", "upi", way, name, vpa)


def _reversed_upi(pen: Pen, _way: str) -> Written:
    name, vpa = pen.name(), pen.vpa()
    return Written(f"REV-UPI-{name}-{vpa}-{pen.rrn()}-{pen.note()}", "upi", "credit", name, vpa)


def _icici_upi(pen: Pen, way: str) -> Written:
    vpa = pen.vpa()
    return Written(f"UPI/{pen.rrn()}/{pen.note()}/{vpa}/{pen.bank()}/", "upi", way, None, vpa)


def _plain(text: Callable[[Pen, str, bool], str], mode: str, width: int = 60) -> Callable[[Pen, str], Written]:
    """Return a writer of narrations that hold a name of at most ``width`` letters."""

    def written(pen: Pen, way: str) -> Written:
        name = pen.name(width)
        return Written(text(pen, name, way == "debit"), mode, way, name)

    return written


def _nameless(text: Callable[[Pen], str], mode: str, only: str) -> Callable[[Pen, str], Written]:
    return lambda pen, _way: Written(text(pen), mode, only, None)


def _sbi_upi(pen: Pen, name: str, out: bool) -> str:
    rail = "WDL TFR UPI/DR" if out else "DEP TFR UPI/CR"
    middle = f"{pen.rrn()}/{name:<8}/{pen.bank()}/{pen.digits(8)}/{pen.note()}"
    return f"{rail}/{middle} AT 0{pen.digits(4)} {pen.town()}"


def _sbi_transfer(pen: Pen, name: str, out: bool) -> str:
    rail = "TO TRANSFER-UPI/DR" if out else "BY TRANSFER-UPI/CR"
    return f"{rail}/{pen.rrn()}/{name}/{pen.bank()}/{pen.digits(6)}@/UPI--"


FORMATS: list[Callable[[Pen, str], Written]] = [
    _hdfc_upi,
    _hdfc_upi,
    _icici_upi,
    _plain(_sbi_upi, "upi", 8),
    _plain(_sbi_transfer, "upi", 8),
    _plain(lambda p, n, _: f"UPI/P2M/{p.rrn()}/{n}/{p.note()}/{p.bank()}", "upi", 20),
    _plain(lambda p, n, _: f"UPI/P2A/{p.rrn()}/{n}/{p.note()}/{p.bank()}", "upi", 20),
    _plain(lambda p, n, _: f"UPI/{n}/{p.rrn()}/{p.note()}", "upi"),
    _plain(lambda p, n, out: f"NEFT {'DR' if out else 'CR'}-{p.ifsc()}-{n}-{p.utr()}-{p.note()}", "neft"),
    _plain(lambda p, n, out: f"INF/NEFT/{p.utr()}/{p.ifsc()}/{p.note()}/{n}", "neft", 20),
    _plain(lambda p, n, out: f"{'TO' if out else 'BY'} TRANSFER-NEFT*{p.ifsc()}*{p.utr()}*{n}--", "neft", 20),
    _plain(lambda p, n, _: f"MMT/IMPS/{p.rrn()}/{p.note()}/{n}/{p.bank()}", "imps", 15),
    _plain(lambda p, n, _: f"MMT/IMPS/{p.rrn()}/{n}/{p.bank()}", "imps", 15),
    _plain(lambda p, n, _: f"IMPS-{p.rrn()}-{n}-{p.bank()}-XXXXXXX{p.digits(4)}-{p.note()}", "imps"),
    _plain(lambda p, n, _: f"BY TRF. IMPS TRF FROM {n} {p.rrn()}", "imps", 20),
    _plain(lambda p, n, out: f"RTGS {'DR' if out else 'CR'}-{p.ifsc()}-{n}-{p.utr()}", "rtgs"),
    _plain(lambda p, n, _: f"ACH D- {n}-{p.dice.choice(['P400', 'MND'])}{p.digits(8)}", "nach"),
    _plain(lambda p, n, _: f"ACH/{n}/{p.digits(10)}/{p.digits(8)}", "nach", 20),
    _plain(lambda p, n, _: f"POS 416021XXXXXX{p.digits(4)} {n}", "pos"),
    _plain(lambda p, n, _: f"POS/{n}/{p.town()}/{p.digits(12)}", "pos", 20),
    _plain(lambda p, n, _: f"BIL/ONL/{p.digits(12)}/{n}/{p.digits(4)}", "netbanking", 20),
    _nameless(lambda p: f"NWD-416021XXXXXX{p.digits(4)}-S1AN{p.digits(4)}-{p.town()}", "atm", "debit"),
    _nameless(lambda p: f"ATW-416021XXXXXX{p.digits(4)}-P3EN{p.digits(4)}-{p.town()}", "atm", "debit"),
    _nameless(lambda p: f"NFS/CASH WDL/{p.rrn()}/{p.town()}", "atm", "debit"),
    _nameless(lambda p: f"BY CASH DEPOSIT - {p.town()}", "cash", "credit"),
    _nameless(lambda p: f"ACH DEBIT RETURN CHARGES {p.digits(6)}", "other", "debit"),
    _plain(lambda p, n, _: f"UPI/P2M/{p.rrn()}/{n} /{p.bank()}/{p.note()}", "upi", 20),
    _plain(
        lambda p, n, out: (
            f"{'TO' if out else 'BY'} TRANSFER-UPI/{'DR' if out else 'CR'}/{p.rrn()}/{n}/{p.bank()}"
            f"/{p.vpa()[:10]}/UPI--"
        ),
        "upi",
        8,
    ),
    _reversed_upi,
    _plain(lambda p, n, _: f"IMPS/P2A/{p.rrn()}/{n}/{p.bank()}/{p.note()}", "imps", 20),
    _plain(
        lambda p, n, out: f"{'TO' if out else 'BY'} TRANSFER-IMPS/{p.rrn()}/{p.bank()}/{n}/{p.note()}--", "imps", 20
    ),
    _plain(lambda p, n, _: f"NEFT/{p.utr()}/{n}/{p.bank()}/{p.note()}", "neft", 20),
    _plain(lambda p, n, _: f"NEFT/MB/{p.utr()}/{n}/{p.bank()}/{p.note()}", "neft", 20),
    _plain(lambda p, n, _: f"NEFT {p.utr()} {n}", "neft"),
    _plain(lambda p, n, _: f"RTGS/{p.utr()}/{n}/{p.bank()}", "rtgs", 20),
    _plain(lambda p, n, out: f"{'TO' if out else 'BY'} TRANSFER-RTGS*{p.ifsc()}*{p.utr()}*{n}--", "rtgs", 20),
    _plain(lambda p, n, _: f"NACH-DR-{n}-{p.digits(10)}", "nach"),
    _plain(lambda p, n, _: f"NACH/DR/{n}/{p.digits(12)}", "nach", 20),
    _plain(lambda p, n, _: f"ECS/{n}/{p.digits(10)}/{p.digits(6)}", "nach", 20),
    _plain(lambda p, n, _: f"DEBIT-ACHDR {p.bank()}{p.digits(5)} {n} {p.digits(10)}--", "nach"),
    _plain(lambda p, n, _: f"ACH D RTN- {n}-MND{p.digits(9)}", "nach"),
    _plain(lambda p, n, _: f"IB BILLPAY DR-HGAS-{n}-{p.digits(10)}", "netbanking", 20),
    _plain(lambda p, n, _: f"BILLPAY/{n}/{p.digits(10)}", "netbanking", 20),
    _plain(lambda p, n, _: f"CHQ PAID-{p.digits(6)}-{n}-CTS {p.town()}", "cheque", 20),
    _plain(lambda p, n, _: f"CLG/{n}/{p.digits(6)}/{p.bank()}", "cheque", 20),
    _plain(lambda p, n, _: f"ECOM PUR/{n}/{p.digits(12)}", "card", 20),
    _nameless(lambda p: f"ATM-CASH-AXIS/{p.town()}/{p.digits(4)}/{p.digits(9)}", "atm", "debit"),
    _nameless(lambda p: f"ATM WDL-ATM CASH {p.digits(6)} {p.town()}--", "atm", "debit"),
    _nameless(lambda p: f"ATM/{p.rrn()}/{p.town()}", "atm", "debit"),
    _nameless(lambda p: f"AEPS/{p.rrn()}/{p.town()}/BC", "cash", "debit"),
    _nameless(lambda p: f"ECSRTNCHGS{p.digits(3)} {p.town()}", "other", "debit"),
    _nameless(lambda p: f"CHQ RET CHGS {p.digits(6)} GST", "other", "debit"),
    _nameless(lambda p: f"CREDIT INTEREST CAPITALISED {p.digits(4)}", "other", "credit"),
    _nameless(lambda p: f"INT.PD:01-04-2025 TO 30-06-2025 {p.digits(4)}", "other", "credit"),
    _nameless(lambda p: f"SMS CHGS QTR {p.digits(4)} INCL GST", "other", "debit"),
]


def written(count: int, seed: int) -> list[Written]:
    """Return ``count`` narrations; some in lower or mixed case, some with double spaces, as statements have them."""
    pen = Pen(seed)
    return [_worn(FORMATS[k % len(FORMATS)](pen, pen.dice.choice(["debit", "credit"])), pen) for k in range(count)]


def _worn(one: Written, pen: Pen) -> Written:
    wear = pen.dice.random()
    if wear < 0.05:
        return Written(one.narration.title(), one.mode, one.direction, one.counterparty, one.vpa)
    if wear < 0.1:
        return Written(one.narration.lower(), one.mode, one.direction, one.counterparty, one.vpa)
    if wear < 0.2:
        return Written(one.narration.replace(" ", "  "), one.mode, one.direction, one.counterparty, one.vpa)
    return one
