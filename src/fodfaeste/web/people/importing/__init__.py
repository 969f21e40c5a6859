"""Lists of people read in: looked through whole, mended cell by cell, saved all or nothing, and undone."""
