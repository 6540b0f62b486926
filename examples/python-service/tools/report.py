"""One line about the night, for whoever reads the log in the morning."""

import argparse


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", required=True)
    print(f"nightly run: {parser.parse_args().run}")


if __name__ == "__main__":
    main()
