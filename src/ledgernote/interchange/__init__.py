"""Row 4: files in and out. Readers and writers of formats; knows no ledger."""
