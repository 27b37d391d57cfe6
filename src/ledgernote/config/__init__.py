"""The settings, read once: every one stands in `table` with its default and what it means."""

from ledgernote.config.settings import Settings, keys_path, load

__all__ = ["Settings", "keys_path", "load"]
