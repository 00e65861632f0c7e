"""Matrices."""

from numera.series import dot


class Matrix:
    """Rows of numbers, all of the same length."""

    def __init__(self, rows: list[list[float]]) -> None:
        if not rows or not rows[0]:
            raise ValueError("a matrix has rows and columns")
        for row in rows:
            if len(row) != len(rows[0]):
                raise ValueError("the rows differ in length")
        self.rows = [list(row) for row in rows]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Matrix) and self.rows == other.rows

    __hash__ = None

    def __repr__(self) -> str:
        return f"Matrix({self.rows!r})"

    def column(self, at: int) -> list[float]:
        """One column, as a new list."""
        column = []
        for row in self.rows:
            column.append(row[at])
        return column

    def transposed(self) -> "Matrix":
        """Rows become columns."""
        return Matrix([self.column(at) for at in range(len(self.rows[0]))])


def product(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product. ValueError when the shapes do not fit."""
    if len(left.rows[0]) != len(right.rows):
        raise ValueError("the shapes do not fit")
    rows = []
    for row in left.rows:
        rows.append([dot(row, right.column(at)) for at in range(len(right.rows[0]))])
    return Matrix(rows)


def trace(matrix: Matrix) -> float:
    """The sum of the diagonal."""
    total = 0.0
    for at in range(len(matrix.rows)):
        for column in range(len(matrix.rows[0])):
            if at == column:
                total += matrix.rows[at][column]
    return total
