"""Quota rounds: a year from figures to letters, and what became of each number."""
