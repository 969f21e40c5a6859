"""A person or a household moves to another municipality: what goes along, what stays, and the file that closes."""
