"""The tools that agents call, by what they are about. Each translates a typed call into one of services."""
