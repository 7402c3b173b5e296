"""How the portal is called: one call at a time, apart, few retries, bounded in time and bytes, and when to stop.

Nothing is evaded: a firewall's answer ends the fetch. `httpx` is imported where it is used.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from analysis import __version__
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import httpx

USER_AGENT = f"dvctt-analysis/{__version__} (research package; one call at a time; python-httpx)"
VIETNAM = dt.timezone(dt.timedelta(hours=7))
REFUSALS = (403, 429)
_CLOCKS_APART = dt.timedelta(days=1)


class FetchStopped(AnalysisError):
    """The portal does not want to be called, or cannot be reached: no further call is made."""


class PortalUnreachable(FetchStopped):
    """No connection could be made."""


class CallFailed(AnalysisError):
    """One call gave nothing that can be kept; others may."""


@dataclass(frozen=True)
class Manners:
    """How calls are made, in seconds and bytes.

    Attributes:
        spacing: least time between two calls; up to `jitter` is added by chance.
        retries: further tries of a call that was cut off, hung or met a fault of the server, each after `back_off`
            times its number.
        silence: no byte for so long ends a call.
        longest: an answer that takes longer in all ends a call.
        most_bytes: so does a larger answer. Those seen have at most 0.3 million.
    """

    spacing: float = 1.0
    jitter: float = 0.5
    retries: int = 2
    back_off: float = 5.0
    silence: float = 20.0
    longest: float = 60.0
    most_bytes: int = 8_000_000


@dataclass(frozen=True)
class PortalAnswer:
    """What came back: the bytes as they are, the HTTP status, the time of capture in Viet Nam."""

    body: bytes
    status: int
    captured: dt.datetime


@dataclass
class PoliteClient:
    """Makes calls as `manners` say; `sleep`, `clock` and `now` can be given so that nobody has to wait in a test."""

    address: str
    manners: Manners = field(default_factory=Manners)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(VIETNAM)
    calls: int = 0
    answered: bool = False
    _last: float | None = None
    _client: httpx.Client | None = None

    def post(self, path: str, content: Mapping[str, Any], *, form: bool = False) -> PortalAnswer:
        """Call once, with retries; JSON, or a form as the legacy interface takes it.

        Raises:
            FetchStopped: the portal refused (403, 429, a page instead of data), cannot be reached at all, or its clock
                and this computer's are more than a day apart.
            CallFailed: this call was cut off, hung, was too large, or has another status than success.
        """
        for number in range(self.manners.retries + 1):
            self._wait(self.manners.back_off * number)
            try:
                answer = self._judge(*self._once(path, content, form))
                self.answered = True
                return answer
            except PortalUnreachable:
                if number == self.manners.retries or not self.answered:
                    raise  # who is offline need not wait for retries
            except _Broken as error:
                if number == self.manners.retries:
                    raise CallFailed(str(error)) from error
        raise AssertionError("the loop returns or raises")

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _wait(self, back_off: float) -> None:
        """Keep calls apart, counted from the end of the last one."""
        if self._last is not None:
            apart = max(self.manners.spacing + random.uniform(0, self.manners.jitter), back_off)
            left = self._last + apart - self.clock()
            if left > 0:
                self.sleep(left)

    def _once(
        self, path: str, content: Mapping[str, Any], form: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers and body of one call, read within its bounds.

        Raises:
            PortalUnreachable: no connection.
            _Broken: it was cut off or hung.
            CallFailed: it is too large.
        """
        import httpx

        client = self._client = self._client or httpx.Client(
            base_url=self.address,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
        )
        sent: dict[str, Any] = {"data": dict(content)} if form else {"json": dict(content)}
        if form:
            sent["headers"] = {"X-Requested-With": "XMLHttpRequest"}
        # A server that trickles never falls silent; closing the connection ends the read.
        timer = threading.Timer(self.manners.longest, client.close)
        timer.start()
        self.calls += 1
        try:
            with client.stream("POST", path, timeout=self.manners.silence, **sent) as response:
                refused = response.status_code in REFUSALS  # whatever it says
                body = b"" if refused else self._read(response)
                return response.status_code, dict(response.headers), body
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise PortalUnreachable(f"{self.address} could not be reached ({_plain(error)})") from error
        except (httpx.TransportError, httpx.StreamError, RuntimeError) as error:
            if not client.is_closed:
                raise _Broken(f"no whole answer ({_plain(error)})") from error
            raise CallFailed(f"the answer took longer than {self.manners.longest:g} s") from error
        finally:
            timer.cancel()
            self._last = self.clock()
            if client.is_closed:
                self._client = None

    def _read(self, response: httpx.Response) -> bytes:
        """Return the body, unpacked here: a small packed answer may hold more than memory does."""
        packing = response.headers.get("content-encoding", "identity").lower()
        if packing not in ("gzip", "identity"):
            raise CallFailed(f"the answer is packed as {packing!r}; asked was for gzip or nothing")
        most, unpack = self.manners.most_bytes, zlib.decompressobj(wbits=31)
        body = bytearray()
        try:
            for chunk in response.iter_raw():
                body += unpack.decompress(chunk, most + 1) if packing == "gzip" else chunk
                if len(body) > most:
                    raise CallFailed(f"the answer has more than {most:,} bytes")
        except zlib.error as error:
            raise _Broken(f"the answer is packed wrongly ({error})") from error
        if packing == "gzip" and not unpack.eof:
            raise _Broken("the packed answer is cut off")
        return bytes(body)

    def _judge(self, status: int, headers: Mapping[str, str], body: bytes) -> PortalAnswer:
        """Return an answer that succeeded.

        Raises:
            FetchStopped: the portal refused.
            _Broken: a fault of the server, which may pass.
            CallFailed: any other status.
        """
        page = "html" in headers.get("content-type", "").lower() or body.lstrip()[:1] == b"<"
        if status in REFUSALS or page:
            asked = f", and asks to wait {headers['retry-after']} s" if "retry-after" in headers else ""
            what = "a web page instead of data" if page and status not in REFUSALS else f"status {status}"
            raise FetchStopped(
                f"the portal answered {what}{asked}: its firewall refuses, or its interface has changed. Nothing is "
                "tried again and nothing evaded. Wait a day before you run the command again; if it goes on, ask the "
                "portal's office for the figures"
            )
        if status >= 500:
            raise _Broken(f"the server had a fault (status {status})")
        if status not in (200, 201):
            aside = f" (to {headers['location']}, which is not followed)" if "location" in headers else ""
            raise CallFailed(f"the answer has status {status}{aside}; success is 200 or 201")
        now = self.now()
        if abs(now - _date_of(headers, now)) > _CLOCKS_APART:
            raise FetchStopped(
                f"this computer's clock says {now:%Y-%m-%d %H:%M}, the server's {headers['date']}: whether a month was "
                "over when it was captured could not be told. Set the clock right"
            )
        return PortalAnswer(body, status, now)


class _Broken(Exception):
    """The call was made and gave nothing whole."""


def _date_of(headers: Mapping[str, str], otherwise: dt.datetime) -> dt.datetime:
    """Return the time of a server's own clock, where it tells one."""
    try:
        told = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return otherwise
    return told if told.tzinfo else told.replace(tzinfo=dt.UTC)


def _plain(error: Exception) -> str:
    return str(error) or type(error).__name__
