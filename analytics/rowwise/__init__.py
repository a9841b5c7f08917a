"""Ibis expressions evaluated row by row in this process, for a row at a time that is to be answered in a millisecond.

A statement run by an engine costs tens of milliseconds however few its rows; the same declarations, walked once and
kept as functions of a row, give the same values. What is not known here raises when the expression is read.
"""
