"""What the papers say, before any format: edition, phrases, tables, bulletin, JSON."""
