"""From the canonical tables to months: loan status, monthly measures, timelines."""
