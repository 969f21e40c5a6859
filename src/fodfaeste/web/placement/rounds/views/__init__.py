"""Pages of quota rounds: they connect, and decide nothing."""
