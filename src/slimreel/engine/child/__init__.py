"""Programs that run inside the sandbox and talk over pipes; the only importers of av."""
