"""The dispatch side: database, live stream, HTTP and the console."""
