"""Lets `python -m slimreel` be the program `slimreel`."""

from slimreel.cli.main import main

main()
