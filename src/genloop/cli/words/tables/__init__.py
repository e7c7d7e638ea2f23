"""Answers about tables, in words."""
