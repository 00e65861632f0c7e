"""The Docker engine that tests use, where there is one: that of DOCKER_HOST, or of this machine."""

import functools
import gc
import warnings

from docker import DockerClient
from docker.errors import DockerException, ImageNotFound
from requests.exceptions import RequestException

BASE = "perfsmith-test-base"
"""The image that the tests' environments begin with; scripts/engine.sh makes it."""


@functools.cache
def engine_or_reason() -> str | None:
    """None when there is an engine with the base image; otherwise why tests that need it are skipped."""
    client = reason = None
    with warnings.catch_warnings():
        # The library leaves its socket to the garbage collector when nobody answers.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            client = DockerClient.from_env()
        except (DockerException, RequestException) as error:
            reason = f"no Docker engine answers (sh scripts/engine.sh COMMAND starts one): {error}"
        # Not while the error is being handled, since it holds the socket until then.
        gc.collect()
    if client is None:
        return reason
    try:
        client.images.get(BASE)
    except ImageNotFound:
        return f"the Docker engine has no image {BASE} (scripts/engine.sh makes it)"
    finally:
        client.close()
    return None
