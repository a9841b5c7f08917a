"""The simulated lender: customers, accounts, loans and every posting, with labels caused and not drawn.

`simulate` yields the canonical tables chunk by chunk. What is true of a customer (traits, shocks, planted anomalies)
comes beside them and never enters the books.
"""

from analytics.sandbox.profile import SandboxChunk, SandboxProfile
from analytics.sandbox.simulation import simulate

__all__ = ["SandboxChunk", "SandboxProfile", "simulate"]
