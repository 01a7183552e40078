"""Use cases of one person at one machine, without anything that must survive a restart."""
