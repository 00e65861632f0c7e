"""Which images are pruned, told by a fake engine: the images of the real one belong to all its users."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from sandbox.engine import Engine, Facts
from sandbox.images import kept, prune

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

NOW = datetime.now(UTC)


@dataclass
class Shelf:
    """An engine that only has images."""

    all: list[Facts]
    needed: "AbstractSet[str]" = field(default_factory=frozenset)

    def images(self, label: str) -> Sequence[Facts]:
        return [image for image in self.all if label in image.labels]

    def remove_image(self, image: str) -> bool:
        if image in self.needed:
            return False
        self.all = [each for each in self.all if each.id != image]
        return True


def image(name: str, *, used_days_ago: float, label: str = "perfsmith.environment") -> Facts:
    created, used = NOW - timedelta(days=100), NOW - timedelta(days=used_days_ago)
    return Facts(id=name, labels={label: f"key of {name}"}, created_at=created, used_at=used)


def test_images_are_pruned_that_were_not_used_for_so_long_and_that_no_container_needs() -> None:
    images = [image(name, used_days_ago=days) for name, days in (("new", 1), ("old", 40), ("needed", 40))]
    shelf = Shelf([*images, image("foreign", used_days_ago=90, label="other")], needed={"needed"})
    assert [pruned.id for pruned in prune(cast("Engine", shelf), unused_days=30)] == ["old"]
    assert [left.id for left in shelf.all] == ["new", "needed", "foreign"]


def test_an_image_tells_its_environment_and_its_run() -> None:
    labels = {"perfsmith.environment": "key", "perfsmith.run": "run"}
    shelf = Shelf([Facts(id="id", labels=labels, created_at=NOW, used_at=NOW, size_bytes=7)])
    [found] = kept(cast("Engine", shelf))
    assert (found.environment_key, found.run, found.size_bytes) == ("key", "run", 7)
