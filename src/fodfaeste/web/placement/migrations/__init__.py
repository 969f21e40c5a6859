"""Migrations of placement."""
