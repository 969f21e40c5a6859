"""Pages of handovers, offers and stand-ins."""
