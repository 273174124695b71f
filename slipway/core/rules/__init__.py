"""The rules of lesson checks: questions to a story. registry.py has the table of them."""
