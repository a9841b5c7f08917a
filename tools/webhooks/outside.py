"""The way out, and nowhere else: an address given by a client leads to the public internet or is not gone.

A name is resolved once for each attempt, every address it has is judged, and the connection goes to the address that
was judged: a name that means something else a moment later (DNS rebinding) changes nothing. Redirects are not followed
and no proxy of the environment is asked.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore

from governance.errors import MunshiError, ToolRetry

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Name and port → the addresses it has now.
Resolve = Callable[[str, int], Sequence[str]]
LONGEST_URL = 2_048
#: Ranges that wrap an IPv4 address, which is judged in their place: NAT64.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotOutside(MunshiError):
    """An address that no webhook may be sent to."""


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked_url(url: str, *, loopback: bool) -> SplitResult:
    """Read an address that events shall go to; names are not resolved here, so that nobody learns what they mean.

    Parameters
    ----------
    loopback
        Whether ``http://`` to this machine is allowed: `Settings.webhook_loopback`.

    Raises
    ------
    ToolRetry
        It is not https, carries credentials, or names an address that is not public.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ToolRetry("url: it cannot be read as an address. Send https://host/path.") from None
    if len(url) > LONGEST_URL or not host or not url.isascii() or any(each.isspace() for each in url):
        raise ToolRetry(f"url: send https://host/path in at most {LONGEST_URL} ASCII characters without spaces.")
    if parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise ToolRetry("url: no name, password or fragment may stand in it; events are signed instead.")
    literal = _literal(host)
    own = host == "localhost" or (literal is not None and literal.is_loopback)
    if not (own and loopback and parts.scheme == "http"):
        if parts.scheme != "https":
            raise ToolRetry("url: events go over https only.")
        if host == "localhost" or host.endswith(".localhost") or (literal is not None and not is_public(literal)):
            raise ToolRetry("url: this is no address of the public internet.")
    return parts


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, also where it wraps another."""
    inner: Address | None = None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if "%" in str(address) or address.is_site_local:
            return False
    if inner is not None:
        return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def judged(addresses: Iterable[str], *, loopback: bool) -> str:
    """The address to go to, where every one of them may be gone to.

    Raises
    ------
    NotOutside
        One of them is not public: a name that has such a one is not trusted in its others.
    """
    found = [ipaddress.ip_address(each) for each in addresses]
    allowed = [each.is_loopback if loopback else is_public(each) for each in found]
    if not found or not all(allowed):
        raise NotOutside("The name stands for an address that is not of the public internet.")
    return str(found[0])


class Pinned(httpcore.NetworkBackend):
    """Connects to the address that was judged, and lets one exchange take so long and no longer.

    Parameters
    ----------
    seconds
        For the whole exchange, however slowly it drips.
    """

    def __init__(self, *, loopback: bool, seconds: float, resolve: Resolve = resolved) -> None:
        self._loopback, self._resolve = loopback, resolve
        self._until = time.monotonic() + seconds
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Resolve, judge, connect; ``host`` stays the name that the certificate has to bear."""
        try:
            found = self._resolve(host, port)
        except OSError:
            raise NotOutside("The name cannot be resolved.") from None
        address = judged(found, loopback=self._loopback)
        stream = self._sockets.connect_tcp(address, port, _left(self._until, timeout), local_address, socket_options)
        return _Bounded(stream, self._until)


class _Bounded(httpcore.NetworkStream):
    """A stream whose every wait ends with the time of the whole exchange."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, _left(self._until, timeout))
        return _Bounded(inner, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The exchange took too long.")
    return left if timeout is None else min(left, timeout)


def _literal(host: str) -> Address | None:
    """The address that a host is written as, also in the odd forms that resolvers read (0x7f.1, 2130706433)."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
