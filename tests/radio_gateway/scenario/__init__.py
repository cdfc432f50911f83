"""One script of a patrol's shift, for the radios of every vendor on bad lines."""
