"""Identifiers of valid form: customer and account ids, PANs, card numbers with their check digit, phone numbers."""

from __future__ import annotations

import numpy as np

from analytics.sandbox.arrays import Ints

#: Issuer prefixes of the cards: six digits each.
CARD_PREFIXES = ("416021", "524178", "652150", "437546", "608201")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def shuffled(number: Ints, modulus: int, salt: int) -> Ints:
    """Map running numbers one to one onto 0 … modulus − 1, in an order that looks unsorted.

    An affine map with a multiplier that has no factor in common with the modulus.
    """
    multiplier = int(modulus * 0.6180339887) + 2 * salt + 1
    while np.gcd(multiplier, modulus) != 1:
        multiplier += 1
    values = (number.astype(object) * multiplier + salt * 7919 + 40503) % modulus
    return values.astype(np.int64)


def customer_ids(number: Ints, customers: int) -> list[str]:
    """Return ids such as ``C_4F21``, wide enough for all customers."""
    width = max(4, len(f"{max(customers - 1, 1):X}"))
    return [f"C_{value:0{width}X}" for value in shuffled(number, 16**width, 1)]


def pans(number: Ints, initials: list[str]) -> list[str]:
    """Return permanent account numbers of individuals: AAAPX0000A, X the surname's initial."""
    out = []
    for value, initial in zip(shuffled(number, 26**3 * 10_000 * 26, 2), initials, strict=True):
        rest, digits = divmod(int(value), 10_000)
        rest, last = divmod(rest, 26)
        head = "".join(LETTERS[rest // 26**k % 26] for k in range(3))
        out.append(f"{head}P{initial}{digits:04d}{LETTERS[last]}")
    return out


def phones(number: Ints) -> list[str]:
    """Return Indian mobile numbers in E.164."""
    return [f"+91{6_000_000_000 + value}" for value in shuffled(number, 3_999_999_999, 3)]


def card_numbers(number: Ints, bank: Ints, salt: int) -> list[str]:
    """Return 16-digit card numbers that pass the Luhn check."""
    middle = shuffled(number, 999_999_937, salt)
    bodies = [f"{CARD_PREFIXES[b]}{value:09d}" for b, value in zip(bank, middle, strict=True)]
    return [body + luhn_digit(body) for body in bodies]


def luhn_digit(body: str) -> str:
    """Return the check digit that completes ``body`` (ISO/IEC 7812-1)."""
    total = 0
    for position, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
