"""Persons and households: who they are, where they live, who is responsible for them."""
