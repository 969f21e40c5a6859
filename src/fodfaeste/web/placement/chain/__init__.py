"""Records that nobody may change, chained by hashes: what was removed, changed or inserted is named."""
