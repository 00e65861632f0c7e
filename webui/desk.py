"""What all pages of this process are made from: Streamlit gives a page nothing, so it is fetched here."""

from api.service import Service

_SERVED: list[Service] = []


def serve_from(service: Service) -> None:
    """Let all pages of this process show this service from now on."""
    _SERVED[:] = [service]


def service() -> Service:
    """The service whose pages these are."""
    return _SERVED[0]
