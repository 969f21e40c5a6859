"""The desk: arriving households, the best places for each, and what a person decides."""
