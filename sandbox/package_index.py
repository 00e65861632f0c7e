"""How setup reaches the host's package index from a container, which sees none of the host's files."""

from collections.abc import Mapping
from configparser import Error, RawConfigParser
from dataclasses import dataclass
from pathlib import Path

from sandbox.variables import is_public, local_paths, setup_variables

PIP_CONFIGURATION = Path("/etc/pip.conf")
_SECTIONS = ("global", "install")
_CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


@dataclass(frozen=True, kw_only=True)
class PackageIndex:
    """What has to be set for setup."""

    variables: Mapping[str, str]
    """Without those that name a folder of the host, of which a container has no use."""
    certificates: bytes
    """Of the authorities that the host trusts with packages, where its configuration names a file of them."""

    def trusting(self, file: str) -> Mapping[str, str]:
        """The variables, with the certificates in `file`."""
        return {**self.variables, **(dict.fromkeys(_CERTIFICATES, file) if self.certificates else {})}


def package_index(host: Mapping[str, str], configuration: Path = PIP_CONFIGURATION) -> PackageIndex:
    """What the host's variables and pip's configuration file say, as far as that is no secret."""
    known = {**_configured(configuration), **setup_variables(host)}
    files = [path for name in _CERTIFICATES for path in local_paths(known.get(name, "")) if path.is_file()]
    return PackageIndex(
        variables={name: value for name, value in known.items() if not any(local_paths(value))},
        certificates=files[0].read_bytes() if files else b"",
    )


def _configured(configuration: Path) -> dict[str, str]:
    """The file's settings as pip's variables."""
    parser = RawConfigParser()
    try:
        text = configuration.read_text()
        parser.read_string(text if is_public(text) else "")
    except (OSError, UnicodeDecodeError, Error):
        return {}
    settings = [pair for section in _SECTIONS if section in parser for pair in parser[section].items()]
    return {f"PIP_{name.upper().replace('-', '_')}": " ".join(value.split()) for name, value in settings}
