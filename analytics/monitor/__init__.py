"""Whether a model still does what it did: drift, performance, calibration; the gate and what was decided."""
