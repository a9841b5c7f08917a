"""What customers are expected to spend and receive."""

from __future__ import annotations

from analytics.schema.table import MONEY, declared

FORECASTS = declared(
    "forecasts",
    "What each customer is expected to spend and receive, month by month, from the newest month end.",
    "customer_id as_of measure category horizon",
    "customer_id measure category horizon",
    f"""
    customer_id | VARCHAR | who
    as_of       | DATE    | month end it was forecast at
    measure     | VARCHAR | spend, inflow, or obligations: loan payments and investments by mandate, no part of spend
    category    | VARCHAR | primary category; total for their sum
    month       | DATE    | last day of the month that is forecast
    horizon     | INTEGER | months ahead, from 1
    expected    | {MONEY} | the mean, positive; categories sum to the total
    low         | {MONEY} | nine of ten outcomes are above
    high        | {MONEY} | nine of ten outcomes are below
    known       | {MONEY} | the part of expected that a mandate will take or bring
    version     | VARCHAR | model version
    """,
    schema="scores",
)
