"""The calls, a module for each part of the protocol. They translate and decide nothing."""
