"""A turn about the last one: everything that it could ask for is made, and the likeliest taken (decision 0030)."""
