"""Pages of the programme: they connect, and decide nothing."""
