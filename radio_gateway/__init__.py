"""The radio side: base stations in, events out; needs no dispatch database and no web framework."""
