"""The scorecard (晾晒榜), as a page and as a workbook."""
