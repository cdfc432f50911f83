"""Emergency alarms: raised by radios, acknowledged and closed by people."""
