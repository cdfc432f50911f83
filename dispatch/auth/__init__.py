"""Who is at the desk: sign-in, sessions, roles, and the agencies somebody may see."""
