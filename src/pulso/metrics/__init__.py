"""Reduce: what is measured, as rows, and how, as Ibis expressions."""
