"""The OpenAPI document is what the API does: no answer of another status or form, and never one of 500."""

import json
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import make_app
from api.service import Service
from core.access import Scope
from tests.api.test_runs import told
from worker.tokens import mint

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""Not that whatever fits the schema is accepted: a repository may be unreachable, and a run unknown."""


@pytest.fixture
def app(service: Service) -> FastAPI:
    """An application with a run in its store."""
    told(service.store)
    return make_app(service)


@pytest.fixture
def secret(service: Service) -> str:
    minted = mint("fuzzer", Scope.ADMIN, expires_in=None, requests_per_minute=100_000)
    service.store.keyring.add(minted.token)
    return minted.secret


def test_whatever_is_asked_gets_an_answer_that_is_documented(app: FastAPI, secret: str) -> None:
    described = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
    assert not [found for found in described.get_all_operations() if not isinstance(found, Ok)]
    assert len(operations) > 15
    for operation in operations:

        @settings(max_examples=12, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True)
        @given(case=operation.as_strategy())
        def answered(case: Case[Any]) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS)

        answered()


def test_every_route_and_every_field_of_a_request_is_described(app: FastAPI) -> None:
    document = app.openapi()
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert all(operation.get("description") for operation in operations)
    assert json.loads(json.dumps(document)) == document
    assert len({operation["operationId"] for operation in operations}) == len(operations)
