"""Proofs of lessons: played on a real engine, recorded, and shown again."""
