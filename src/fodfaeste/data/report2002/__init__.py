"""The figures of the 2002 report, by table name."""
