"""What insight does: it makes editions."""
