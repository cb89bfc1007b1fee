"""``python -m crosslinks``."""

from crosslinks.cli import main

if __name__ == "__main__":
    main()
