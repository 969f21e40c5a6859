"""What counts, how sure, compared with whom: arrays or frames in, frozen results out; no file written, no clock."""
