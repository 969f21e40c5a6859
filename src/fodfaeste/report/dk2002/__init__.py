"""The report on the 2002 figures: what is computed, what is concluded, and how it is told."""
