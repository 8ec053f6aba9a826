"""The fibre plant as records: what a network consists of, read from files and written to them, checked, measured, asked who goes dark."""
