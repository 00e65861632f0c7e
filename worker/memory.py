"""The one memory, opened as the settings of the deployment say."""

from contextlib import AbstractContextManager

from store.sql import SqlStore
from worker.settings import Settings


def opened(settings: Settings) -> AbstractContextManager[SqlStore]:
    """The store; StoreError when its tables are another release's and upgrading is left to `perfsmith migrate`."""
    return SqlStore.open(settings.database_url, upgrades=settings.upgrades_database)
