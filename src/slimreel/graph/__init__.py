"""A draft as one filtergraph: which files are opened where, what is done to their pictures and sound. Pure."""
