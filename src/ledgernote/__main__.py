"""`python -m ledgernote` is `ledgernote`."""

from ledgernote.cli.main import main

if __name__ == "__main__":
    main()
