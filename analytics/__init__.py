"""What the numbers are. Frames in, frames and dataclasses out."""
