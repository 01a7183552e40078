"""The timeline document and everything that can be done to it; pure, so a dry run is the run."""
