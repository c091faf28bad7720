"""The nouns: frozen values without I/O, and the ports all rooms share."""
