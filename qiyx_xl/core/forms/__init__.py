"""What a form asks for, and what people write into its cells."""
