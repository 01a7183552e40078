"""Language in, wishes out: understands what people ask for and touches no files."""
