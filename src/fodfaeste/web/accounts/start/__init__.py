"""Starting a municipality in eight steps that can be stopped and gone on with."""
