"""The schema's history. `KNOWN` is in order; a test compares it with the scripts in `versions`."""

KNOWN = ("0001", "0002", "0003", "0004")
HEAD = KNOWN[-1]
