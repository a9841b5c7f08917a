"""Alerts: what is watched, how it is measured, what follows of it."""
