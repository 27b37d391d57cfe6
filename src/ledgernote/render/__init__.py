"""Row 3: what is seen. rich, escaped text and JSON lines; knows values and events only."""
