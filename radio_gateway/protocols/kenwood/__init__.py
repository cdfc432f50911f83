"""Kenwood serial interface, protocol version 1: frames between STX and ETX, sentences `$PK...`.

Facts from public function references, service manuals and programs that talk to these
radios daily; what no public source shows is kept raw and called unknown.
"""
