"""How long what is known of a household is kept, what holds its deletion up, and the deletion by rule."""
