"""Row 4: the SQLite file. The only place that knows SQL; rows become values before they leave."""
