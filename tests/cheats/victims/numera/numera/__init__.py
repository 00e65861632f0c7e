"""Numbers: series, matrices, formulas."""
