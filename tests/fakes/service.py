"""What a store of the service is, in one word for tests."""

from typing import Protocol

from core.inbox import Inbox
from core.queue import Claim
from core.service import Catalogue, HeldStore, Keyring, Queue


class ServiceStore(HeldStore, Protocol):
    """A store with its queue, its inbox, its catalogue and its keyring."""

    @property
    def queue(self) -> Queue:
        """The runs that wait for workers."""

    @property
    def inbox(self) -> Inbox:
        """What a webhook brings."""

    @property
    def catalogue(self) -> Catalogue:
        """What lists and pages read."""

    @property
    def keyring(self) -> Keyring:
        """Tokens, and what their owners have spent."""

    def held(self, claim: Claim) -> HeldStore:
        """The store for the holder of `claim`."""
