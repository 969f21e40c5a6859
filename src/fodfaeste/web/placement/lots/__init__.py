"""Lots among places that are equal within the error, where no wish, tie or workload decides."""
