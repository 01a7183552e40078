"""The database: its tables, its engine, its migrations. Knows no rule of the service."""
