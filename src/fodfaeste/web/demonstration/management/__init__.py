"""Commands of the demonstration country."""
