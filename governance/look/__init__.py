"""A client's own face: its name, logo, colours, fonts, language and way of writing figures."""
