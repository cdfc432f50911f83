"""All faults at full length: what runs, how long it takes, and the run itself."""
