"""Documents in which a plan or its history is written: what their bytes are, and what they say."""
