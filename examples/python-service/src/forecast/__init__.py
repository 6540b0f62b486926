"""A forecast from the last days."""


def moving_average(values: list[float], days: int) -> float:
    """The mean of the last `days` values; of all, where there are fewer."""
    if not values:
        raise ValueError("there is nothing to average")
    last = values[-days:]
    return sum(last) / len(last)
