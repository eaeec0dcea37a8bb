"""Tests of pages and widgets in a real browser."""
