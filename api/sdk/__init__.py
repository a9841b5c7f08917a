"""Clients for programs, made of the description of the machine faces: ``python -m api.sdk``."""
