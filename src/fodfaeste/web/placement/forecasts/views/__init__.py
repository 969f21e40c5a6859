"""Pages of the register of forecast models."""
