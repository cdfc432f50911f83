"""The event log with its numbers, and the streams that follow it."""
