"""Answers in words, made from tool results and nothing else."""
