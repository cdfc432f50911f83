"""Hytera's application protocols (HDAP family), as values: bytes in, bytes out.

`frames` reads any frame; `hdap` is the envelope, `rrs` `lp` `tmp` `rcp` `data` the messages in it,
`hstrp` and `hrnp` the transports around it, `session` the HSTRP session, `rtp` and `ipsc` the rest.
"""
