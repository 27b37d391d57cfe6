"""Row 1: the face for the shell: reads arguments, calls the notebook, sets the exit code."""
