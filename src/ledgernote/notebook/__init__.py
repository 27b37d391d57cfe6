"""Row 3: what a researcher can do. Joins the cores; knows no terminal and no SQL."""
