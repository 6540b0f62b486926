import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from forecast import moving_average  # noqa: E402


class MovingAverage(unittest.TestCase):
    def test_takes_the_last_days(self):
        self.assertEqual(moving_average([1.0, 2.0, 3.0, 5.0], days=2), 4.0)

    def test_refuses_nothing(self):
        with self.assertRaises(ValueError):
            moving_average([], days=3)


if __name__ == "__main__":
    unittest.main()
