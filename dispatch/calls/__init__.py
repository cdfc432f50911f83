"""Call records: who talked to whom, when and how well it was heard."""
