"""Work that goes on in a thread beside the rest of a process, and how it shows that it goes on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def beside(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do `work` in a thread while the context lasts; it ends when its event is set, and is waited for."""
    over = threading.Event()
    thread = threading.Thread(target=work, args=(over,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def show_life(file: Path) -> None:
    """Touch the file, so that its age tells when this process was last well; where that is impossible its age tells that, too."""
    with suppress(OSError):
        file.touch()
