"""The price of room: what a place at each municipality is worth to those who come later in the year."""
