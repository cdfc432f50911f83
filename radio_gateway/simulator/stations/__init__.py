"""Base stations as patrols use them; one module per kind."""
