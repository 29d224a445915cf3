"""Whether what is kept is whole, and putting it right: verify, rebuild, maintain."""
