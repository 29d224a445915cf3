"""Bytes from strangers become a Submission, or Findings that say why not."""
