"""Associations: which newcomers have agreed to be in touch with them, and what they see of those."""
