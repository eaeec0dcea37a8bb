"""Printers: one lowered program, several languages, the same order of operations."""
