"""How frames of each kind of link are made anonymous."""
