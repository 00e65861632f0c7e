"""What a model's tokens cost."""

from collections.abc import Callable

import genai_prices

Tariff = Callable[[int, int], float]
"""Dollars for a number of input and of output tokens."""

_MILLION = 1_000_000


def per_million(input_dollars: float, output_dollars: float) -> Tariff:
    """The tariff with these prices for a million tokens."""
    return lambda inputs, outputs: (inputs * input_dollars + outputs * output_dollars) / _MILLION


def listed(model: str, base_url: str) -> Tariff | None:
    """The published tariff; None when the provider at `base_url` or its `model` is not in the price list."""

    def price(inputs: int, outputs: int) -> float:
        usage = genai_prices.Usage(input_tokens=inputs, output_tokens=outputs)
        return float(genai_prices.calc_price(usage, model, provider_api_url=base_url).total_price)

    try:
        price(1, 1)
    except LookupError:
        return None
    return price
