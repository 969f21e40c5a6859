"""Results in; tables, charts and documents out. Decides nothing."""
