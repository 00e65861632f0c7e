"""What numera is used for: a series, a product of matrices, a column of formulas."""

from numera.formula import value_of
from numera.matrix import Matrix, product, trace
from numera.series import dot, moving_average, normalised, ranks, variance


def numbers_of(count: int) -> list[float]:
    """The same ones each time."""
    state, found = 5, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        found.append((state >> 9) % 10007 / 97)
    return found


def main() -> None:
    """Print some results, rounded."""
    values = numbers_of(520)
    print(f"variance {variance(values):.6f}")
    print(f"averages {dot(moving_average(values, 60), moving_average(values, 60)):.4f}")
    print(f"normalised {dot(normalised(values[:200]), values[:200]):.6f}")
    print(f"ranks {sum(ranks(values)[::7])}")
    square = Matrix([values[at : at + 26] for at in range(0, 494, 19)])
    print(f"trace {trace(product(square, square.transposed())):.3f}")
    total = 0.0
    for at in range(300):
        total += value_of(f"(a + {at} * b) / (2.5 + {at % 7}) - -c * ({at % 3} + b)", {"a": 1.5, "b": 2.25, "c": 3.0})
    print(f"formulas {total:.6f}")


if __name__ == "__main__":
    main()
