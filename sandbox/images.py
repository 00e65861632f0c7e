"""The images of environments that an engine keeps: listed, and removed when they have not been used for long."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.building import KEY_LABEL, RUN_LABEL
from sandbox.engine import Engine, Facts


@dataclass(frozen=True, kw_only=True)
class Image:
    """The image of one environment."""

    id: str
    environment_key: str
    """Made from what the environment was built from."""
    run: str
    """The run that it was built for; empty when it was for none."""
    created_at: datetime
    last_used_at: datetime
    """When a run last asked for it."""
    size_bytes: int
    """With the base image, which all of them share."""

    @classmethod
    def of(cls, facts: Facts) -> "Image":
        """The image as our labels tell of it."""
        return cls(
            id=facts.id,
            environment_key=facts.labels[KEY_LABEL],
            run=facts.labels.get(RUN_LABEL, ""),
            created_at=facts.created_at,
            last_used_at=facts.used_at,
            size_bytes=facts.size_bytes,
        )


def kept(engine: Engine) -> tuple[Image, ...]:
    """All of them, the newest first."""
    return tuple(Image.of(facts) for facts in engine.images(KEY_LABEL))


def prune(engine: Engine, *, unused_days: float) -> tuple[Image, ...]:
    """Remove those that no container needs and no run has asked for in so many days; returns what was removed."""
    limit = datetime.now(UTC) - timedelta(days=unused_days)
    unused = [image for image in kept(engine) if image.last_used_at <= limit]
    return tuple(image for image in unused if engine.remove_image(image.id))
