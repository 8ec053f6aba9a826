"""Commands for `python -m pulso.web`; `pulso serve` and its like start them."""
