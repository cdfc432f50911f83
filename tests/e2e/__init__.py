"""The whole system as processes: configuration in, radios on sockets, answers over HTTP."""
