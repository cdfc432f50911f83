"""The console in Chromium, against the running system and its simulated radio network."""
