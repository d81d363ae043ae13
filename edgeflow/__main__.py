"""``python -m edgeflow``."""

from edgeflow.cli.app import main

if __name__ == "__main__":
    main()
