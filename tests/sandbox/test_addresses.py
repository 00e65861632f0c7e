"""Which URLs and hosts are refused before anything is contacted."""

from collections.abc import Sequence

import pytest

from core.errors import ConfigError
from sandbox.addresses import Remote, Sources, is_public, pinned, remote_of

PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")


def says(*addresses: str) -> Sources:
    """Sources whose resolver knows one answer."""

    def resolve(host: str, port: int) -> Sequence[str]:
        assert host
        assert port
        return addresses

    return Sources(schemes=("https", "ssh", "http"), resolve=resolve)


def understood(repository: str, sources: Sources = says(*PUBLIC)) -> Remote:  # noqa: B008 - a frozen value
    remote = remote_of(repository, sources)
    assert remote is not None
    return remote


@pytest.mark.parametrize(
    ("written", "url", "host"),
    [
        ("https://example.org/a/b.git", "https://example.org/a/b.git", "example.org"),
        ("HTTPS://Example.ORG:8443/a", "https://example.org:8443/a", "example.org"),
        ("ssh://git@example.org:22/a/b", "ssh://git@example.org:22/a/b", "example.org"),
        ("git@Example.org:a/b.git", "git@example.org:a/b.git", "example.org"),
        ("https://[2606:2800:21F::1]/a", "https://[2606:2800:21f::1]/a", "2606:2800:21f::1"),
        ("https://93.184.215.14/a", "https://93.184.215.14/a", "93.184.215.14"),
    ],
)
def test_ordinary_urls_are_understood(written: str, url: str, host: str) -> None:
    remote = understood(written)
    assert (remote.url, remote.host) == (url, host)


@pytest.mark.parametrize("path", [".", "a/b", "/srv/x.git", "./git@host:x", "C:\\x", "repo.zip", ""])
def test_paths_are_no_urls(path: str) -> None:
    assert remote_of(path, Sources()) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.org/a", "scheme 'http'; allowed: https, ssh"),
        ("file:///etc", "scheme 'file'"),
        ("git://example.org/a", "scheme 'git'"),
        ("fd::3", "neither a path nor a URL"),
        ("ext::sh -c touch% /tmp/x", "neither a path nor a URL"),
        ("transport::https://example.org/a", "neither a path nor a URL"),
        ("https://example.org", "must have the form"),
        ("https://example.org/", "must name a repository"),
        ("https://example.org:x/a", "must have the form"),
        ("https://example.org:0/a", "ports go from"),
        ("https://example.org:99999/a", "ports go from"),
        ("https://example.org/a?x=1", "must have the form"),
        ("https://example.org/a#x", "must have the form"),
        ("https://example.org\\@127.0.0.1/a", "user name"),
        ("https://example.org/a b", "none of them blank"),
        ("https://example.org/a\nb", "none of them blank"),
        ("https://example.org/a\x1b[2J", "none of them blank"),
        ("https://example.org/%0a", "control characters"),
        ("https://example.org/%00a", "control characters"),
        ("https://example.org/" + "a" * 3000, "at most 2000"),
        ("https://-oProxyCommand=x/a", "no host name"),
        ("ssh://-oProxyCommand=x/a", "no host name"),
        ("ssh://-oProxyCommand=x@example.org/a", "user name"),
        ("-x@example.org:a", "user name"),
        ("git@-oProxyCommand=x:a", "no host name"),
        ("git@example.org:-x", "must name a repository"),
        ("https://exa%6dple.org/a", "no host name"),
        ("https://example.org./a", "no host name"),
        ("https://bücher.example/a", "xn-- form"),
        ("https://①②⑦.⓪.⓪.①/a", "no host name"),
        ("https://2130706433/a", "four decimal numbers"),
        ("https://0x7f.1/a", "four decimal numbers"),
        ("https://127.1/a", "four decimal numbers"),
        ("https://0177.0.0.1/a", "four decimal numbers"),
        ("https://127.0.0.0x1/a", "four decimal numbers"),
        ("https://[::1%25lo]/a", "no IPv6 address"),
        ("https://[::1]x/a", "must have the form"),
        ("https:///a", "no host name"),
    ],
)
def test_urls_that_could_mean_something_else_are_refused(url: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as refusal:
        remote_of(url, Sources())
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@example.org/a",
        "https://hunter2@example.org/a",
        "ssh://git:hunter2@example.org/a",
        "ftp://user:hunter2@example.org/a",
    ],
)
def test_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        remote_of(url, Sources())
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1",
        "198.18.0.1", "192.0.0.8", "192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:a00:1", "::7f00:1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:1::1",
        "2001:db8::1", "3fff::1", "100::1", "5f00::1", "nonsense", "",
    ],
)  # fmt: skip
def test_addresses_off_the_public_internet_are_told(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(ConfigError, match=r"which is not of the public internet.*PERFSMITH_ALLOW_PRIVATE"):
        pinned(understood("https://example.org/a"), says(PUBLIC[0], address))


@pytest.mark.parametrize("address", [*PUBLIC, "64:ff9b::5db8:d70e", "::ffff:93.184.215.14", "2002:5db8:d70e::1"])
def test_public_addresses_are_told(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/a", "https://[::ffff:7f00:1]/a", "git@10.0.0.1:a", "https://[::]/a"]
)
def test_an_address_in_the_url_is_looked_at_as_well(url: str) -> None:
    with pytest.raises(ConfigError, match="public internet"):
        pinned(understood(url), says(*PUBLIC))


def test_a_name_with_no_address_is_refused() -> None:
    with pytest.raises(ConfigError, match="the address none"):
        pinned(understood("https://example.org/a"), says())


def test_a_name_that_does_not_resolve_is_refused_with_the_way_round() -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError(f"{host}:{port} is unknown")

    with pytest.raises(ConfigError, match=r"can't be resolved here: example.org:443 is unknown.*a proxy"):
        pinned(understood("https://example.org/a"), Sources(resolve=resolve))


def test_this_machines_own_name_is_refused_by_its_real_resolver() -> None:
    with pytest.raises(ConfigError, match="public internet"):
        pinned(understood("https://localhost/a", Sources()), Sources())


def test_git_is_held_to_the_addresses_that_were_checked() -> None:
    sources = says(*PUBLIC)
    assert pinned(understood("https://Example.org/a"), sources) == (
        "-c",
        f"http.curloptResolve=example.org:443:{PUBLIC[0]},[{PUBLIC[1]}]",
    )
    assert pinned(understood("git@example.org:a"), sources) == (
        "-c",
        f"core.sshCommand=ssh -o BatchMode=yes -o HostName={PUBLIC[0]} -o HostKeyAlias=example.org",
    )
    assert "HostKeyAlias=[example.org]:2222'" in pinned(understood("ssh://example.org:2222/a"), sources)[1]


def test_where_private_addresses_are_allowed_names_are_left_to_git() -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise AssertionError(f"{host}:{port} was resolved")

    sources = Sources(private_addresses=True, resolve=resolve)
    assert pinned(understood("https://example.org/a"), sources) == ()
