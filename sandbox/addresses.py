"""Which places a repository may be fetched from: a URL is read strictly, its host is resolved once, and git is held to that.

Nothing is contacted here but the resolver. What is not understood is refused, so that our reading of a URL and git's
can't differ: git is given the URL as it was understood, not as it was written.
"""

import ipaddress
import re
import shlex
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from core.errors import ConfigError
from sandbox.extent import DEFAULT_LIMITS, Limits, shown

KNOWN_SCHEMES = ("https", "ssh", "http", "file")
DEFAULT_SCHEMES = ("https", "ssh")

Resolver = Callable[[str, int], Sequence[str]]
"""Addresses of a host for a port; OSError or ValueError when there are none."""

_PORTS = {"https": 443, "http": 80, "ssh": 22}
_LONGEST_URL = 2000
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][\w+.-]*)://(?:(?P<user>[^/@]*)@)?(?P<host>\[[^]/]*]|[^/:]*)(?P<rest>.*)", re.DOTALL
)
_REST = re.compile(r"(?::(?P<port>[0-9]{1,5}))?(?P<path>/[^?#\\]*)")
_SCP_LIKE = re.compile(r"(?P<user>[^/@:]+)@(?P<host>[^/:@]*):(?P<path>[^?#\\]+)", re.DOTALL)
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII)
_LOOKS_LIKE_A_NUMBER = re.compile(r"(.*\.)?(\d+|0[xX][0-9a-fA-F]*)", re.ASCII)
_LONGEST_NAME = 253
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
_NEVER = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",  # IETF protocols
        "192.88.99.0/24",  # relays of 6to4
        "2001::/32",  # Teredo: the address behind it is somebody's private one
        "3fff::/20",  # documentation, which Python 3.11 does not know yet
    )
)


def resolved(host: str, port: int) -> list[str]:
    """What this machine's resolver says."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where repositories may come from."""

    schemes: tuple[str, ...] = DEFAULT_SCHEMES
    """Of KNOWN_SCHEMES; git@host:path counts as ssh."""
    private_addresses: bool = False
    """Whether hosts may have addresses that are not of the public internet. Then names are left to git to resolve."""
    local: bool = True
    """Whether the path of a checkout or archive on this machine will do."""
    limits: Limits = DEFAULT_LIMITS
    resolve: Resolver = resolved


ANYWHERE_PUBLIC = Sources()


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A URL that was understood."""

    url: str
    """For git, with the host's name in lower case."""
    scheme: str
    host: str
    """A name or an address, without brackets; empty for file."""
    port: int

    @property
    def is_name(self) -> bool:
        """Whether the host must be resolved."""
        return bool(self.host) and not _is_address(self.host)


def remote_of(repository: str, sources: Sources) -> Remote | None:
    """`repository` as a URL; None when it is the path of something here. ConfigError for a URL that is not allowed."""
    url, scp_like = _URL.fullmatch(repository), _SCP_LIKE.fullmatch(repository)
    if not url and not scp_like:
        if "::" in repository or "://" in repository:
            raise _no_url(repository, "is neither a path nor a URL")
        return None
    if len(repository) > _LONGEST_URL or not repository.isprintable() or " " in repository:
        raise _no_url(repository, f"must have at most {_LONGEST_URL} characters, none of them blank or invisible")
    scheme = url["scheme"].lower() if url else "ssh"
    if scheme not in sources.schemes:
        allowed = ", ".join(sources.schemes) or "none"
        raise _no_url(repository, f"has the scheme {shown(scheme)}; allowed: {allowed} (PERFSMITH_URL_SCHEMES)")
    return _of_url(repository, scheme, url) if url else _of_scp_like(repository, scp_like)


def _of_url(repository: str, scheme: str, found: re.Match[str]) -> Remote:
    rest = _REST.fullmatch(found["rest"])
    if not rest:
        raise _no_url(repository, "must have the form SCHEME://HOST/PATH or SCHEME://HOST:PORT/PATH, without ? and #")
    path = _path(repository, rest["path"])
    if scheme == "file":
        if found["host"] or found["user"] or rest["port"]:
            raise _no_url(repository, "names a host; write file:///PATH")
        return Remote(url=f"file://{path}", scheme=scheme, host="", port=0)
    user, host = _user(repository, scheme, found["user"]), _host(repository, found["host"])
    port = int(rest["port"] or _PORTS[scheme])
    if not 0 < port < 1 << 16:
        raise _no_url(repository, f"has the port {port}; ports go from 1 to 65535")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if rest["port"] else "")
    return Remote(url=f"{scheme}://{user}{place}{path}", scheme=scheme, host=host, port=port)


def _of_scp_like(repository: str, found: re.Match[str] | None) -> Remote:
    assert found is not None  # noqa: S101 - one of the two forms matched
    user, host = _user(repository, "ssh", found["user"]), _host(repository, found["host"])
    path = _path(repository, found["path"])
    return Remote(url=f"{user}{host}:{path}", scheme="ssh", host=host, port=_PORTS["ssh"])


def _user(repository: str, scheme: str, user: str | None) -> str:
    """With its @; empty for none."""
    if user is None:
        return ""
    if scheme != "ssh" or ":" in user:
        raise _no_url(
            repository, "holds a user name or a password, which would be stored with the run; use ssh and a key"
        )
    if not _USER.fullmatch(user):
        raise _no_url(repository, "has a user name with other characters than letters, digits, _, . and -")
    return f"{user}@"


def _host(repository: str, host: str) -> str:
    """A host's name in lower case or an address in its usual spelling: 127.1 or 0x7f000001 is refused, not guessed at."""
    if host.startswith("["):
        if "%" in host or not _is_address(host[1:-1]):
            raise _no_url(repository, f"has the host {shown(host)}, which is no IPv6 address")
        return str(ipaddress.IPv6Address(host[1:-1]))
    if _LOOKS_LIKE_A_NUMBER.fullmatch(host) and not _is_address(host):
        raise _no_url(repository, f"has the host {shown(host)}; write an address as four decimal numbers")
    if not _NAME.fullmatch(host) or len(host) > _LONGEST_NAME:
        hint = "" if host.isascii() else "; write an international name in its xn-- form"
        raise _no_url(repository, f"has the host {shown(host)}, which is no host name{hint}")
    return host.lower()


def _path(repository: str, path: str) -> str:
    meant = unquote_to_bytes(path)
    if path.startswith("-") or not meant.strip(b"/") or _CONTROL.search(meant):
        raise _no_url(repository, "must name a repository on its host, without control characters")
    return path


def _no_url(repository: str, why: str) -> ConfigError:
    """The error; whatever stands where a password could stand is left out of it."""
    hidden = re.sub(r"(?<=://)[^/]*@|^[^/@]*:[^/@]*@", "***@", repository[: 2 * _LONGEST_URL])
    return ConfigError(f"the repository {shown(hidden)} {why}")


def checked_addresses(remote: Remote, sources: Sources) -> list[str]:
    """The addresses of the host. ConfigError when one of them is not of the public internet."""
    try:
        found = list(sources.resolve(remote.host, remote.port)) if remote.is_name else [remote.host]
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"the host {remote.host} can't be resolved here: {error}. PERFSMITH_ALLOW_PRIVATE_ADDRESSES=1 leaves that "
            "to a proxy or to ssh's configuration, and gives up this check"
        ) from None
    refused = [address for address in found if not is_public(address)]
    if refused or not found:
        raise ConfigError(
            f"the host {remote.host} has the address {shown(refused[0]) if refused else 'none'}, which is not of the "
            "public internet; PERFSMITH_ALLOW_PRIVATE_ADDRESSES=1 allows such"
        )
    return list(dict.fromkeys(found))


def is_public(address: str) -> bool:
    """Whether `address` can only be a machine on the public internet, by itself and whatever it stands for."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner:
            return is_public(str(inner))
        if found not in _UNICAST:
            return False
    special = found.is_private or found.is_multicast or found.is_reserved or found.is_loopback or found.is_link_local
    return (
        found.is_global
        and not special
        and not any(found in block for block in _NEVER if block.version == found.version)
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def pinned(remote: Remote, sources: Sources) -> tuple[str, ...]:
    """Options under which git connects to an address that was checked, whatever the name's server says a moment later.

    Behind a proxy (HTTPS_PROXY, or ProxyJump in ssh's configuration) it is the proxy that resolves and connects: the
    check here still refuses names that look private from here, but what the proxy lets through is up to the proxy.
    """
    if sources.private_addresses or not remote.host:
        return ()
    addresses = checked_addresses(remote, sources)
    if remote.scheme == "ssh":
        return ("-c", f"core.sshCommand={_ssh(remote, addresses[0])}")
    listed = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
    return ("-c", f"http.curloptResolve={remote.host}:{remote.port}:{listed}") if remote.is_name else ()


def _ssh(remote: Remote, address: str) -> str:
    """The command; the server's key is still looked up by the name that the user gave."""
    known_as = remote.host if remote.port == _PORTS["ssh"] else f"[{remote.host}]:{remote.port}"
    return shlex.join(["ssh", "-o", "BatchMode=yes", "-o", f"HostName={address}", "-o", f"HostKeyAlias={known_as}"])
