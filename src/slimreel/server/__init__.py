"""HTTP: translates requests into calls of services, and their answers into the protocol. Decides nothing."""
