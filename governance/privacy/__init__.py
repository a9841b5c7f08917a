"""What the law asks about one person's data: purposes and consents, holds, retention, breaches, records."""
