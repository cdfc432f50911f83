"""The access log: who saw or did what, append-only and hash-chained."""
