"""The kinds of question. Each module reads one kind: a reading in; a frame out, or None where it is another kind."""
