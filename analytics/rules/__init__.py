"""A client's own rules about scores: declared, checked, simulated on history, applied after the model."""
