"""One file an operation: how it is asked for, and what it does to the draft; found by looking into this folder."""
