"""What other systems may read of a municipality: persons, plans, follow-ups, with a token of their own, and no more."""
