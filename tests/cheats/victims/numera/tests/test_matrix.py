import pytest

from numera.matrix import Matrix, product, trace

ONE = Matrix([[1.0, 2.0], [3.0, 4.0]])


def test_rows_are_equally_long():
    with pytest.raises(ValueError):
        Matrix([[1.0], [1.0, 2.0]])


def test_a_matrix_is_not_empty():
    with pytest.raises(ValueError):
        Matrix([])


def test_the_product():
    assert product(ONE, ONE) == Matrix([[7.0, 10.0], [15.0, 22.0]])


def test_shapes_must_fit():
    with pytest.raises(ValueError):
        product(ONE, Matrix([[1.0, 2.0]]))


def test_transposed():
    assert ONE.transposed() == Matrix([[1.0, 3.0], [2.0, 4.0]])


def test_the_trace():
    assert trace(ONE) == 5.0


def test_a_matrix_owns_its_rows():
    rows = [[1.0]]
    matrix = Matrix(rows)
    rows[0][0] = 2.0
    assert matrix.rows == [[1.0]]
