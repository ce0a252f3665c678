"""All wording: a value in, text and blocks out. No settings, no store, no query, and no decision lives here."""
