"""Postings that stand out, and what a customer's postings are held against."""

from __future__ import annotations

from analytics.schema.table import declared

ANOMALIES = declared(
    "anomalies",
    "Derived: postings that stand out most, the top share of the months scored.",
    "transaction_id",
    "posted_at transaction_id",
    """
    transaction_id | VARCHAR   | the posting
    customer_id    | VARCHAR   | whose it is
    posted_at      | TIMESTAMP | when
    as_of          | DATE      | by whose end the customer's profile was known
    score          | DOUBLE    | share of the postings learnt from that stand out less, 0 to 100
    kind           | VARCHAR   | card_testing, account_takeover, duplicate_debit, geo_jump, structuring, …
    reasons        | VARCHAR[] | in words, the weightiest first, at most three; without names
    version        | VARCHAR   | model version
    backcast       | BOOLEAN   | posted before the model was trained
    """,
    schema="scores",
)

ANOMALY_PROFILES = declared(
    "anomaly_profiles",
    "What is usual for a customer over the year up to the as-of: what one posting is held against.",
    "customer_id",
    "customer_id",
    """
    customer_id  | VARCHAR   | who
    as_of        | DATE      | by whose end it was known
    postings     | INTEGER   | postings of the year
    hours        | INTEGER[] | postings by hour of the day, from 00:00
    levels       | DOUBLE[]  | over all categories: centre and spread of debits, of credits
    cells        | VARCHAR[] | category/subcategory/direction; the following five have an entry for each
    cell_counts  | INTEGER[] | postings
    cell_centres | DOUBLE[]  | median of the natural logarithm of the amount
    cell_spreads | DOUBLE[]  | 1.4826 × median absolute deviation of it, drawn towards a usual spread where few
    cell_days    | DOUBLE[]  | median day of the month
    cell_day_spreads | DOUBLE[] | 1.4826 × median absolute deviation of it
    cities       | VARCHAR[] | cities of postings
    city_counts  | INTEGER[] | postings in each
    parties      | VARCHAR[] | other parties as eight digits of a digest salted with the customer; no name
    """,
    schema="features",
)
