"""How fast Munshi is, beside references measured in the same run."""
