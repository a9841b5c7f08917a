"""Who may see what: settings, identity, keys, personal data, audit."""
