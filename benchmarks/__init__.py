"""How fast the product is, compared with the least possible work and with hand-written code."""
