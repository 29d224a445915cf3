"""Use cases: what an office takes over from documents, a plan and the figures of earlier years."""
