"""Row 2: the face for a person. prompt-toolkit, slash commands, the loop of `chat`."""
