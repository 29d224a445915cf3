"""What every writer of files needs once: folders to work in, and files that appear together."""
