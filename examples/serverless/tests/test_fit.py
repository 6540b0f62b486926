import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "resize"))

from app import fit, handle  # noqa: E402


class Fit(unittest.TestCase):
    def test_keeps_the_proportions(self):
        self.assertEqual(fit(2000, 1000, 200), (200, 100))

    def test_never_enlarges(self):
        self.assertEqual(fit(20, 10, 200), (20, 10))

    def test_asks_for_numbers(self):
        self.assertEqual(handle({"queryStringParameters": {"width": "wide"}}, None)["statusCode"], 400)


if __name__ == "__main__":
    unittest.main()
