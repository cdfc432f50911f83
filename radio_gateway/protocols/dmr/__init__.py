"""The DMR air interface: what is inside the 33 octets of a burst.

Facts follow the observable behaviour of MMDVMHost, ok-dmrlib, dsd-fme and sdrtrunk, which
implement ETSI TS 102 361-1 to -4, and were checked against captured bursts.
"""
