"""Language schools: who is taught where, at which level and when, and who came."""
