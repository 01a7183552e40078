"""Measurements that compare slimreel with other ways to reach the same target."""
