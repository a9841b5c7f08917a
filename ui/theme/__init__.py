"""The design system: tokens, styles, scripts and the way figures are written."""
