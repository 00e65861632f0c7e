"""Reaching anything over a network. Every target is a listener of the test on this machine; of the rest of the world it
is shown that there is no interface and no route.
"""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.protocols import Sandbox

from .conftest import attack, outside

CONNECT = """
import socket
family, address = getattr(socket, sys.argv[1]), eval(sys.argv[2])
with socket.socket(family) as client:
    client.settimeout(5)
    tell(client.connect, address)
"""


@contextmanager
def listening(family: socket.AddressFamily, address: object) -> Iterator[tuple[object, list[object]]]:
    """The address of a listener on this machine, and who was accepted."""
    accepted: list[object] = []
    with socket.socket(family) as server:
        server.bind(address)  # type: ignore[arg-type]
        server.listen()
        server.settimeout(0.1)
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                try:
                    connection, peer = server.accept()
                except TimeoutError:
                    continue
                accepted.append(peer)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname(), accepted
        finally:
            over.set()
            thread.join()


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("family", "address"),
    [
        pytest.param("AF_INET", ("127.0.0.1", 0), id="IPv4"),
        pytest.param(
            "AF_INET6",
            ("::1", 0),
            id="IPv6",
            marks=pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6"),
        ),
        pytest.param("AF_UNIX", f"\0perfsmith-{uuid.uuid4()}", id="abstract"),
    ],
)
def test_a_listener_of_the_host_is_not_reached(sandbox: Sandbox, family: str, address: object) -> None:
    with listening(getattr(socket, family), address) as (there, accepted):
        assert "GOT" in outside(CONNECT, family, repr(there))
        assert "GOT" not in attack(sandbox, CONNECT, family, repr(there))
    assert len(accepted) == 1


SEND = """
import socket
tell(socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto, bytes.fromhex(sys.argv[2]), ("127.0.0.1", int(sys.argv[1])))
"""
QUESTION = "abcd01000001000000000000" + "06736563726574" + "076578616d706c65" + "00" + "00010001"
"""The DNS question for `secret.example`."""


@pytest.mark.parametrize("data", [b"secret".hex(), QUESTION], ids=["UDP", "DNS"])
def test_a_datagram_does_not_arrive_at_the_host(sandbox: Sandbox, data: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        port = server.getsockname()[1]
        outside(SEND, port, data)
        assert server.recv(1000) == bytes.fromhex(data)
        attack(sandbox, SEND, port, data)
        server.settimeout(0.3)
        with pytest.raises(TimeoutError):
            server.recv(1000)


def test_no_name_server_is_configured_but_perhaps_one_of_the_sandbox_itself(sandbox: Sandbox) -> None:
    seen = attack(sandbox, "tell(read, '/etc/resolv.conf')")
    assert "nameserver" not in seen.replace("nameserver 127.", "")


NAMES = """
with open("/proc/net/dev") as file:
    print(*sorted(line.split(":")[0].strip() for line in file if ":" in line))
"""


def test_there_is_no_interface_but_the_sandbox_s_own_loopback(sandbox: Sandbox) -> None:
    assert attack(sandbox, NAMES).split() in ([], ["lo"])
    assert attack(sandbox, "tell(os.listdir, '/sys/class/net')") in ("ENOENT\n", "EACCES\n", "GOT ['lo']\n")


LINKS = """
import socket, struct
RTM_GETLINK, NLM_F_REQUEST, NLM_F_DUMP = 18, 1, 0x300
try:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.send(struct.pack("IHHIIB15x", 32, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0, 0))
        answer = netlink.recv(65536)
    links = 0
    while answer:
        size, kind = struct.unpack_from("IH", answer)
        links += kind == 16
        answer = answer[(size + 3) // 4 * 4:]
    print(links)
except OSError as error:
    print(0)
"""


def test_the_kernel_knows_of_no_other_interface_either(sandbox: Sandbox) -> None:
    assert int(outside(LINKS)) >= 1
    assert int(attack(sandbox, LINKS)) <= 1


ROUTES = """
with open("/proc/net/route") as file:
    print(*file.readlines()[1:], sep="")
with open("/proc/net/ipv6_route") as file:
    print(*(line for line in file if line.split()[-1] != "lo"), sep="")
print("looked")
"""


def test_there_is_no_route_to_anywhere_the_metadata_address_of_clouds_included(sandbox: Sandbox) -> None:
    """Without a route for it no packet to 169.254.169.254 can leave; nothing is sent to find that out."""
    assert attack(sandbox, ROUTES).split() == ["looked"]


OTHER_FAMILIES = {
    "raw packets": "socket.AF_PACKET, socket.SOCK_RAW",
    "raw IPv4": "socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP",
    "raw IPv6": "socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6",
    "the hypervisor's": "socket.AF_VSOCK, socket.SOCK_STREAM",
    "the kernel's ciphers": "socket.AF_ALG, socket.SOCK_SEQPACKET",
    "bluetooth": "31, socket.SOCK_RAW",
    "CAN": "socket.AF_CAN, socket.SOCK_RAW",
    "X.25": "9, socket.SOCK_SEQPACKET",
    "TIPC": "30, socket.SOCK_STREAM",
    "RDS": "21, socket.SOCK_SEQPACKET",
    "XDP": "44, socket.SOCK_RAW",
}


@pytest.mark.parametrize("arguments", OTHER_FAMILIES.values(), ids=OTHER_FAMILIES)
def test_sockets_of_other_kinds_can_not_be_made(sandbox: Sandbox, arguments: str) -> None:
    assert attack(sandbox, f"import socket\ntell(socket.socket, {arguments})") == "EPERM\n"


PING = """
import socket
with open("/proc/net/snmp") as file:
    pass
try:
    ping = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    ping.settimeout(1)
    ping.sendto(bytes([8, 0]) + b"\\0" * 6, ("127.0.0.1", 0))
except OSError as error:
    print("refused")
lines = [line.split() for line in open("/proc/net/snmp") if line.startswith("Icmp:")]
print(dict(zip(*lines))["InEchos"])
"""


def test_a_ping_stays_inside(sandbox: Sandbox) -> None:
    """Where the sandbox may send one at all, its own loopback counts it, beginning with zero: not the host's."""
    assert int(attack(sandbox, PING).split()[-1]) <= 1


def test_the_network_of_the_host_can_not_be_joined(sandbox: Sandbox) -> None:
    program = """
for pid in filter(str.isdigit, os.listdir("/proc")):
    tell(lambda: call("setns", os.open(f"/proc/{pid}/ns/net", os.O_RDONLY), 0))
    tell(lambda: call("setns", os.pidfd_open(int(pid)), 0x40000000))
"""
    assert "GOT" not in attack(sandbox, program)


def test_no_interface_or_address_can_be_added(sandbox: Sandbox) -> None:
    program = """
import fcntl, socket, struct
SIOCSIFADDR, SIOCSIFFLAGS, TUNSETIFF = 0x8916, 0x8914, 0x400454CA
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    address = struct.pack("16sHH4s8x", b"lo", socket.AF_INET, 0, bytes([10, 0, 0, 1]))
    tell(fcntl.ioctl, any_socket, SIOCSIFADDR, address)
    tell(fcntl.ioctl, any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", 0))
tell(lambda: fcntl.ioctl(os.open("/dev/net/tun", os.O_RDWR), TUNSETIFF, struct.pack("16sH14x", b"tun0", 1)))
"""
    assert "GOT" not in attack(sandbox, program)
