"""The fleet as a file: agencies, talkgroups, units with officers, and radios."""
