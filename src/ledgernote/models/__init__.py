"""Row 4: who answers. `remote` is the one door to litellm; `offline` needs nothing."""
