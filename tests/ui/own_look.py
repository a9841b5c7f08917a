"""A client's look, as tests set it."""

LOOK = """
name: Sahyadri Finance
colours: {accent: "#0b6e4f"}
language: hi
numbers: international
currency_sign: Rs
"""
