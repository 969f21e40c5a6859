"""Handing a caseload on, standing in for a time, and the weight of caseloads."""
