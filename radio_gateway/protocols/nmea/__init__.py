"""NMEA 0183: lines to values. Sentence structure by pynmea2, every field checked again here."""
