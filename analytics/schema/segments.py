"""Which segment a customer is in, month end by month end."""

from __future__ import annotations

from analytics.schema.table import declared

SEGMENTS = declared(
    "segments",
    "Derived: the segment of each active customer at each of the last month ends, by one fitted model.",
    "customer_id as_of version",
    "as_of customer_id",
    """
    customer_id | VARCHAR   | who
    as_of       | DATE      | month end
    segment     | INTEGER   | number of the segment; the same group keeps its number across refits
    name        | VARCHAR   | what sets the segment apart, in words; unique within a version
    distance    | DOUBLE    | from the segment's centre, in robust standard deviations
    confidence  | DOUBLE    | 0 where another segment is as near, towards 1 where it is far
    traits      | VARCHAR[] | what puts the customer in it rather than in the next, at most three
    version     | VARCHAR   | model version
    backcast    | BOOLEAN   | the model was fitted on a later month end
    """,
    schema="scores",
)
