"""What `spikex bench` runs: workloads, fresh processes that run them, rounds, tables and plots."""
