"""Pages of deletion by rule."""
