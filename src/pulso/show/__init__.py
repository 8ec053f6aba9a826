"""Show: words and pages made from what was published. Nothing is computed here."""
