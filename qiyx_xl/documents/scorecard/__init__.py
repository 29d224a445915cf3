"""How the scorecard (晾晒榜) is written, as a web page and as a workbook."""
