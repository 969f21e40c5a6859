"""Who changed what, and who opened whose file. Nothing here can be changed, by anybody."""
