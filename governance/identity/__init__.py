"""Who somebody is: users and passwords, API keys, signed tokens, sessions; one door, `governance.identity.store`."""
