"""Pages of persons: they connect, and decide nothing."""
