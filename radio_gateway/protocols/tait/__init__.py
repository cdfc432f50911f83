"""Tait CCDI and CCR: packets of printable characters between a mobile radio and a computer.

Facts from the vendor's protocol manual for TM8100 and TM8200 (MMA-00038-02, April 2007); the same
envelope is spoken by T2000, Orca and TM9000. For DMR radios (TM9300) no public text says so.
"""
