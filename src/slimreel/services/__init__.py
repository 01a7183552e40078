"""What survives a restart: accounts, credits, sessions, files, drafts, turns and renders. Knows no HTTP."""
