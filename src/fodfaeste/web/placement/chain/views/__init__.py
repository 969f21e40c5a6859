"""The page of the records' chain."""
