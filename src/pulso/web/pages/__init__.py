"""The public pages: each is a dataclass, shown as HTML and, at the same address with .json, as itself."""
