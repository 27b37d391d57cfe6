"""Row 4: choosing what of the past goes into a context. Pure: clock and counter are arguments."""
