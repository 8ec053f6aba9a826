"""The engineer's desk: cuts are declared and ended here, single things of the network changed, works entered; each with a reason."""
