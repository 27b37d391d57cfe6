"""Row 5: the words of the product as frozen values. Imports nothing of ours, touches nothing."""
