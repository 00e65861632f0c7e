import pytest

from shelf.registry import Registry


@pytest.fixture
def registry():
    registry = Registry()
    registry.register("one", ["odd", "small"])
    registry.register("two", ["even", "small"], 3)
    return registry


def test_names_are_in_order(registry):
    assert registry.names() == ["one", "two"]


def test_a_name_is_taken_once(registry):
    with pytest.raises(ValueError):
        registry.register("one", [])


def test_a_name_has_a_form(registry):
    with pytest.raises(ValueError):
        registry.register("One", [])


def test_a_weight_is_positive(registry):
    with pytest.raises(ValueError):
        registry.register("three", [], 0)


def test_tagged_names(registry):
    assert registry.tagged("small") == ["one", "two"]
    assert registry.tagged("none") == []


def test_tags_belong_to_the_caller(registry):
    registry.tags_of("one").clear()
    assert registry.tags_of("one") == ["odd", "small"]


def test_unknown_names_are_errors(registry):
    with pytest.raises(KeyError):
        registry.remove("three")
    with pytest.raises(KeyError):
        registry.tags_of("three")


def test_removed_names_are_gone(registry):
    registry.remove("one")
    assert registry.names() == ["two"]
    assert registry.weight() == 3
