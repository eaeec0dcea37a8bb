"""Workloads that others can repeat: speed, memory, accuracy, each against live peers."""
