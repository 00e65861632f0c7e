"""Archives that come in over the network: written to a file as they arrive, and never larger than allowed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.datastructures import UploadFile

from api.problems import RefusedError
from worker.settings import Settings

_ODD = re.compile(r"[^A-Za-z0-9._-]")
_CHUNK = 1 << 20


@contextmanager
def kept(upload: UploadFile, settings: Settings) -> Iterator[Path]:
    """The upload as a file, for as long as the context lasts. RefusedError with 413 when it is too large."""
    with TemporaryDirectory(prefix="upload-", dir=settings.home) as folder:
        path = Path(folder) / file_name(upload.filename or "")
        left = settings.archive_bytes
        with path.open("wb") as file:
            while chunk := upload.file.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    reason = f"the archive can't be taken: {settings.archive_too_large}"
                    raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
                file.write(chunk)
        yield path


def file_name(given: str) -> str:
    """The last part of the name that was given, with nothing in it that a path could make use of."""
    plain = _ODD.sub("_", given.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    return plain[-100:] or "archive"
