"""Which files a folder, an archive or a URL contains."""
