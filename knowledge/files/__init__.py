"""Files that people bring as documents: their text, in sections."""
