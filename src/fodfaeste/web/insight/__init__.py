"""Insight: the leader's Monday, and the comparison of municipalities that an analyst reads."""
