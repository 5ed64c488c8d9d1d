"""Measures against promises; nothing here is a test."""
