"""Judge: what was to be expected, and what the difference means. Arrays in, arrays out; no I/O, no clock."""
