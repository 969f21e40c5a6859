"""Placing people: quota rounds; what comes to the desk of a placement officer."""
