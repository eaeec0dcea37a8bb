"""Tests of the notebook's widgets."""
