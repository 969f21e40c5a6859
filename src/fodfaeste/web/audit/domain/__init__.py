"""Acts of the logs: drawing a sample, answering it."""
