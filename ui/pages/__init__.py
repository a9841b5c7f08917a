"""The pages beside Ask: what stands on each is declared, and every figure is read from a tool."""
