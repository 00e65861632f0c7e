"""What setup in a container is told of the host's package index."""

from pathlib import Path

from sandbox.package_index import package_index

NONE = Path("/nonexistent/pip.conf")


def test_an_index_is_handed_on_and_secrets_are_not() -> None:
    host = {
        "PIP_INDEX_URL": "https://pypi.example.org/simple",
        "PIP_EXTRA_INDEX_URL": "https://user:password@private.example.org/simple",
        "SECRET_TOKEN": "hush",
    }
    variables = package_index(host, NONE).variables
    assert variables["PIP_INDEX_URL"] == "https://pypi.example.org/simple"
    assert {"PIP_EXTRA_INDEX_URL", "SECRET_TOKEN"}.isdisjoint(variables)


def test_folders_of_the_host_are_of_no_use_in_a_container(tmp_path: Path) -> None:
    host = {"PIP_FIND_LINKS": str(tmp_path), "PIP_INDEX_URL": f"file://{tmp_path}"}
    assert {"PIP_FIND_LINKS", "PIP_INDEX_URL"}.isdisjoint(package_index(host, NONE).variables)


def test_the_certificates_that_the_host_trusts_come_along(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(b"certificate")
    index = package_index({"PIP_CERT": str(bundle)}, NONE)
    assert index.certificates == b"certificate"
    assert "PIP_CERT" not in index.variables
    assert index.trusting("/there.pem")["PIP_CERT"] == "/there.pem"
    assert "PIP_CERT" not in package_index({}, NONE).trusting("/there.pem")


def test_pip_s_configuration_file_counts_as_its_variables(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://a.example.org/simple\n[install]\ntrusted-host =\n  a\n  b\n")
    variables = package_index({"PIP_INDEX_URL": "https://b.example.org/simple"}, file).variables
    assert variables["PIP_INDEX_URL"] == "https://b.example.org/simple"
    assert variables["PIP_TRUSTED_HOST"] == "a b"


def test_a_configuration_file_that_names_a_password_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://user:password@a.example.org/simple\n")
    assert "PIP_INDEX_URL" not in package_index({}, file).variables
