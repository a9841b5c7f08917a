"""A small database that is no lender's: a library's members, books and lendings, as SQLite; and its edited layer."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

MEMBERS, BOOKS, LENDINGS = 40, 12, 300
GENRES = ("crime", "poetry", "history")
TABLES = """
CREATE TABLE Member (member_id INTEGER PRIMARY KEY, Gender TEXT, JoinedOn TEXT, email TEXT, town TEXT);
CREATE TABLE Book (book_id INTEGER PRIMARY KEY, genre TEXT, pages INTEGER);
CREATE TABLE "Order" (lending_id INTEGER PRIMARY KEY, member_id INTEGER, book_id INTEGER, lent_on TEXT, fee REAL,
                      days INTEGER, state TEXT);
"""


def make_library(path: Path) -> Path:
    """Write the database; the same every time."""
    database = sqlite3.connect(path)
    database.executescript(TABLES)
    start = dt.date(2023, 1, 1)
    database.executemany(
        "INSERT INTO Member VALUES (?, ?, ?, ?, ?)",
        [(n, "FM"[n % 2], str(start + dt.timedelta(days=7 * n)), f"m{n}@example.org", ("Bonn", "Ulm", "Trier")[n % 3])
         for n in range(1, MEMBERS + 1)],
    )  # fmt: skip
    database.executemany(
        "INSERT INTO Book VALUES (?, ?, ?)", [(n, GENRES[n % 3], 100 + 10 * n) for n in range(1, BOOKS + 1)]
    )
    database.executemany(
        'INSERT INTO "Order" VALUES (?, ?, ?, ?, ?, ?, ?)',
        [(n, n % 30 + 1, n % BOOKS + 1, str(start + dt.timedelta(days=2 * n)), round(0.5 + (n * 7 % 23) / 4, 2),
          (7, 14, 28)[n % 3], "RL"[n % 5 == 0]) for n in range(1, LENDINGS + 1)],
    )  # fmt: skip
    database.commit()
    database.close()
    return path


LAYER = """
database: Library
currency: EUR
currency_words: [euro]
house_words: [library]
views:
- name: members
  label: Members
  description: One row per member
  table: member
  key: member_id
  words: [member, reader]
  time: joined_on
  verbs: [joined]
  columns:
  - {name: member_id, type: BIGINT, description: identifier}
  - {name: gender, type: VARCHAR, description: F or M}
  - {name: joined_on, type: DATE, description: day of joining}
  - {name: email, type: VARCHAR, description: e-mail address, personal: true}
  - {name: town, type: VARCHAR, description: home}
- name: books
  label: Books
  description: One row per book
  table: book
  key: book_id
  words: [book]
  size: pages
  columns:
  - {name: book_id, type: BIGINT, description: identifier}
  - {name: genre, type: VARCHAR, description: genre}
  - {name: pages, type: BIGINT, description: pages}
- name: lendings
  label: Lendings
  description: One row per lending
  table: order_
  key: lending_id
  words: [lending, loan]
  time: lent_on
  size: fee
  columns:
  - {name: lending_id, type: BIGINT, description: identifier}
  - {name: member_id, type: BIGINT, description: who}
  - {name: book_id, type: BIGINT, description: what}
  - {name: lent_on, type: DATE, description: when}
  - {name: fee, type: DOUBLE, description: what it cost}
  - {name: days, type: BIGINT, description: for how long}
  - {name: state, type: VARCHAR, description: R returned or L lost}
joins:
- {left: lendings, right: members, 'on': lendings.member_id = members.member_id}
- {left: lendings, right: books, 'on': lendings.book_id = books.book_id}
dimensions:
- {name: gender, label: Gender, description: The member's gender., view: members, column: gender,
   values: {F: [women, female], M: [men, male]}}
- {name: town, label: Town, description: Where the member lives., view: members, column: town, synonyms: [towns]}
- {name: genre, label: Genre, description: What kind of book it is., view: books, column: genre, synonyms: [genres]}
- {name: state, label: State, description: What came of the lending., view: lendings, column: state,
   values: {R: [returned], L: [lost]}}
measures:
- {name: fee, label: Fee, description: What a lending cost., view: lendings, column: fee, unit: currency,
   synonyms: [fees]}
- {name: days, label: Days, description: Days a book was out., view: lendings, column: days, unit: days,
   statistic: average, sums: false, discrete: true, synonyms: [duration, length]}
- {name: pages, label: Pages, description: Pages of the book., view: books, column: pages, unit: count,
   statistic: average, sums: false, synonyms: [length]}
"""
