"""A server of our own in the shape of the National Portal's statistics: real HTTP on loopback, known figures, faults.

The shapes are those of docs/portal.md; every figure is made up. A fault is asked for by the number of the call, or by
group, period and province.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from analysis.fetching.client import Manners
from analysis.reference.portal import GROUPS, departments
from analysis.reference.test_data import STAMP

# Nobody waits for a stand-in.
QUICK = Manners(spacing=0.0, jitter=0, back_off=0.01, silence=30.0, longest=30.0, most_bytes=1_000_000)

BY_ID = {one.department_id: one for one in departments().values()}
PATHS = {group.path: name for name, group in GROUPS.items()}
Asked = tuple[str, str, str]  # group, period, department's code or VN
Parent = dict[str, Any]


@dataclass(frozen=True)
class Received:
    """One call as the server saw it, `at` on a monotonic clock in seconds."""

    at: float
    asked: Asked
    path: str
    user_agent: str
    content: dict[str, Any]
    under_way: int


@dataclass
class StandIn:
    """A running server. `cells` are online services and dossiers by province of the 34 and month (see `made_world`)."""

    cells: dict[tuple[str, str], list[Any]]
    address: str = ""
    faults: dict[Asked, str] = field(default_factory=dict)
    fault_at: dict[int, str] = field(default_factory=dict)  # by the number of the call, from 1
    change: Callable[[Asked, Parent], Parent] = lambda _, parent: parent
    log: list[Received] = field(default_factory=list)
    under_way: int = 0
    reached: threading.Event = field(default_factory=threading.Event)  # a call that hangs has come
    released: threading.Event = field(default_factory=threading.Event)
    date: str = ""  # what its clock says, where it says so

    def asked(self) -> list[Asked]:
        """Return what was asked, in order."""
        return [call.asked for call in self.log]

    def answer(self, asked: Asked) -> bytes:
        """Return the answer as bytes."""
        group, period, code = asked
        if group.startswith("legacy"):
            content: Any = self._legacy(group, period, code)
        elif group == "scores":
            rows = [_named(one.code) | {"totalScore": 61.5, "groupScores": {"CKMB": 9.1, "TDGQ": 15.0, "CLGQ": 8.8,
                    "TTTT": 6.2, "MDHL": 12.9, "MDSH": 9.5}} for one in departments().values()]  # fmt: skip
            content = _ok({"overview": {"totalScore": 60.0}, "evaluation": rows})
        elif group in ("transparency", "satisfaction", "digitised"):
            metrics = [
                {"code": "A", "numerator": 0, "denominator": 0, "ratio": None, "score": None, "maxScore": 6}
            ]
            content = _ok({"overview": _named(code) | {"metrics": metrics}, "evaluation": []})
        elif code == "VN":
            content = _ok({"parent": {"totalScore": 8.1}, "children": [], "monthlyChart": []})
        else:
            content = _ok(self._tree(group, period, code))
        return json.dumps(content, ensure_ascii=False).encode()

    def _tree(self, group: str, period: str, code: str) -> dict[str, Any]:
        months = [month for _, month in self.cells if month in _months(period)]
        cells = [self.cells[departments()[code].province_code, month] for month in dict.fromkeys(months)]
        parent = self.change((group, period, code), _named(code) | MAKERS[group](cells))
        child = {"departmentId": "0", "departmentCode": f"{code}.01", "level": "COMMUNE", "scoreDelta": None}
        tree: dict[str, Any] = {"parent": parent, "children": [child]}
        if group == "payment":
            return tree
        own = {period[5:]: cells[0][2]} if len(period) == 7 and group == "online" and cells else {}
        labels = [f"{number:02d}" for number in range(1, 13)]
        tree["monthlyChart"] = [{"label": label, "onlineDossierPct": own.get(label, 0)} for label in labels]
        return tree

    def _legacy(self, group: str, period: str, code: str) -> list[dict[str, str]]:
        if group == "legacy-scores":
            return [
                {"ID": str(11000 + number), "ROW_STT": str(number), "TEN": "Một tỉnh", "MA_COQUAN": f"000.00.00.{one}",
                 "CAPDONVIID": "1", "CLGQ": "8.1", "TTTT": "6.2", "TONG_SCORE": "60.25",
                 "NOTE": STAMP.decode()}
                for number, one in enumerate(departments(), 1)
            ]  # fmt: skip
        _, _, _, total, online, _ = self.cells.get((departments()[code].province_code, period), [0] * 6)
        return [{"HS_TOTAL": str(total + 9), "TNTK_TOTAL": str(total), "TNKTCS_TOTAL": "9", "HTN_BUUCHINH_TOTAL": "0",
                 "HTN_TRUCTIEP_TOTAL": str(total - online), "HTN_TRUCTUYEN_TOTAL": str(online),
                 "HTN_TRUCTUYEN_KHONGCHUAN_TOTAL": "0", "NOTE": STAMP.decode()}]  # fmt: skip


def _online(cells: list[list[Any]]) -> Parent:
    """Return the counts of a period: services of its last month, dossiers summed."""
    total, used, _, _, _, _ = cells[-1] if cells else [0] * 6
    filed, online = (sum(cell[place] for cell in cells) for place in (3, 4))
    parent = {
        "authorityCount": 60, "partialCount": 31, "fullCount": 21, "onlineDossierCount": used,
        "onlineServiceTotal": total, "channelOnlineSum": online, "channelDirectSum": filed - online,
        "channelPostalSum": 0, "channelTotalSum": filed, "onlineOnTimeSum": online, "onlineOverdueSum": 0,
    }  # fmt: skip
    shares = (used / total, online / filed) if total and filed else (0, 0)
    return parent | {"totalScore": round(2 + 4 * shares[0] + min(6, 12 * shares[1]), 2), "totalMaxScore": 12}


def _payment(cells: list[list[Any]]) -> Parent:
    due = sum(cell[3] for cell in cells) // 2
    paid = sum(cell[4] for cell in cells) // 3
    return {
        "totalDossierOnlinePaymentSuccess": paid, "totalDossierFinancialObligation": due,
        "totalDossierOnlineFormalityPaymentSuccess": 93, "totalFeeDossierFormalityDistinct": 310,
        "totalFeeDossierFormality": 56, "totalFeeFormality": 310, "totalMaxScore": 10,
        "totalScore": round((6 * paid / due if due else 0) + 2.5 * 93 / 310 + 2.5 * 56 / 310, 2),
    }  # fmt: skip


def _progress(cells: list[list[Any]]) -> Parent:
    received = sum(cell[3] for cell in cells)
    timely = received - sum(cell[4] for cell in cells) // 5
    return {
        "totalReceived": received, "totalOnTime": timely, "totalCompleted": timely, "avgProcessingDays": 7.05,
        "totalScore": round(20 * timely / received, 2) if received else 0, "totalMaxScore": 20,
    }  # fmt: skip


MAKERS: dict[str, Callable[[list[list[Any]]], Parent]] = {
    "online": _online, "payment": _payment, "progress": _progress,
}  # fmt: skip


def _ok(data: Any) -> dict[str, Any]:
    return {"code": "OK", "data": data, "message": "OK", "note": STAMP.decode()}


def _named(code: str) -> Parent:
    if code == "VN":
        return {}
    return {
        "departmentId": departments()[code].department_id,
        "departmentName": "UBND tỉnh",
        "departmentCode": code,
    }


def _months(period: str) -> list[str]:
    if len(period) == 7:
        return [period]
    first, last = (1, 12) if len(period) == 4 else (3 * int(period[5]) - 2, 3 * int(period[5]))
    return [f"{period[:4]}-{month:02d}" for month in range(first, last + 1)]


def _period(content: dict[str, Any]) -> str:
    if "fromDate" in content:
        return str(content["fromDate"])[:7]
    year = content.get("year") or content["p_nam"]
    month = int(content.get("month") or content.get("p_thang") or 0)
    quarter = int(content.get("quarter") or content.get("p_quy") or 0)
    return f"{year}-{month:02d}" if month else f"{year}Q{quarter}" if quarter else str(year)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer's body waits 40 ms for the client

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        stand_in: StandIn = self.server.stand_in  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stand_in.under_way += 1
        self.is_open = True
        try:
            asked, content = self._understand(body)
            agent = self.headers.get("User-Agent", "")
            stand_in.log.append(
                Received(time.monotonic(), asked, self.path, agent, content, stand_in.under_way)
            )
            fault = stand_in.fault_at.get(len(stand_in.log)) or stand_in.faults.get(asked, "")
            getattr(self, f"_{fault or 'answer'}")(stand_in, stand_in.answer(asked))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has gone
        finally:
            self._close()

    def _close(self) -> None:
        """Count a call as over, before its last byte goes: the next one may come before this thread is done."""
        if self.is_open:
            self.server.stand_in.under_way -= 1  # type: ignore[attr-defined]
            self.is_open = False

    def _understand(self, body: bytes) -> tuple[Asked, dict[str, Any]]:
        if self.path == "/jsp/rest.jsp":
            assert self.headers["X-Requested-With"] == "XMLHttpRequest"
            content = json.loads(parse_qs(body.decode(), keep_blank_values=True)["params"][0])
            code = (
                list(departments())[int(content["p_tinh_id"]) - 11001] if int(content["p_tinh_id"]) else "VN"
            )
            group = "legacy-scores" if content["service"] == "report_tinh_766_service" else "legacy-dossiers"
            return (group, _period(content), code), content
        content = json.loads(body)
        root = content.get("rootDepartmentId")
        code = BY_ID[root].code if root else "VN"
        return (PATHS[self.path.rpartition("/")[2]], _period(content), code), content

    def send_response(self, code: int, message: str | None = None) -> None:
        """Send a status; the server's clock only where it is asked for."""
        self.send_response_only(code, message)
        if date := self.server.stand_in.date:  # type: ignore[attr-defined]
            self.send_header("Date", date)

    def _send(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json; charset=utf-8",
        length: str = "",
        **headers: str,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", length or str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self._close()
        self.wfile.write(body)

    def _answer(self, _: StandIn, body: bytes) -> None:
        self._send(201, body)

    def _refused(self, _: StandIn, __: bytes) -> None:
        self._send(403, b"<html>request rejected</html>", "text/html")

    def _busy(self, _: StandIn, __: bytes) -> None:
        self._send(429, b"{}", Retry_After="120")

    def _page(self, _: StandIn, __: bytes) -> None:
        self._send(200, b"<!DOCTYPE html><html>request rejected</html>", "text/html; charset=utf-8")

    def _fault(self, _: StandIn, __: bytes) -> None:
        self._send(503, b"{}")

    def _gone(self, _: StandIn, __: bytes) -> None:
        self._send(404, b'{"code":"NOT_FOUND"}')

    def _no_json(self, _: StandIn, body: bytes) -> None:
        self._send(201, body[: len(body) // 2])

    def _not_ok(self, _: StandIn, __: bytes) -> None:
        self._send(201, b'{"code":"ERROR","message":"x"}')

    def _closes(self, _: StandIn, body: bytes) -> None:
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:20])
        self.close_connection = True

    def _hangs(self, stand_in: StandIn, _: bytes) -> None:
        stand_in.reached.set()
        stand_in.released.wait(300)
        self.close_connection = True

    def _trickles(self, stand_in: StandIn, _: bytes) -> None:
        self.send_response(201)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not stand_in.released.wait(0.02):
            self.wfile.write(b" ")

    def _trickles_heads(self, stand_in: StandIn, _: bytes) -> None:
        self.wfile.write(b"HTTP/1.1 201 Created\r\n")
        while not stand_in.released.wait(0.02):
            self.wfile.write(b"X-A: b\r\n")

    def _trickles_chunks(self, stand_in: StandIn, _: bytes) -> None:
        self.send_response(201)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not stand_in.released.wait(0.02):
            self.wfile.write(b"1\r\n \r\n")

    def _packed(self, _: StandIn, body: bytes) -> None:
        self._send(201, gzip.compress(body), Content_Encoding="gzip")

    def _bomb(self, _: StandIn, __: bytes) -> None:
        self._send(201, bomb(), Content_Encoding="gzip")

    def _packed_twice(self, _: StandIn, body: bytes) -> None:
        self._send(201, gzip.compress(gzip.compress(body)), Content_Encoding="gzip, gzip")

    def _not_packed(self, _: StandIn, body: bytes) -> None:
        self._send(201, body, Content_Encoding="gzip")

    def _too_short(self, _: StandIn, body: bytes) -> None:
        """Send more bytes than were announced."""
        self._send(201, body, length=str(len(body) // 2))

    def _moved(self, _: StandIn, __: bytes) -> None:
        self._send(302, b"", Location="https://elsewhere.example/login")

    def _nested(self, _: StandIn, __: bytes) -> None:
        self._send(201, b'{"code":"OK","data":' + b"[" * 200_000 + b"]" * 200_000 + b"}")

    def _other_charset(self, _: StandIn, body: bytes) -> None:
        self._send(201, body.decode().encode("utf-16"))

    def _twice(self, _: StandIn, body: bytes) -> None:
        self._send(201, body.replace(b'"parent": {', b'"parent": {"channelOnlineSum": 1, '))

    def _huge(self, _: StandIn, __: bytes) -> None:
        """Send 200 MB, as far as anybody takes them."""
        self.send_response(201)
        self.send_header("Content-Length", str(200_000_000))
        self.end_headers()
        for _number in range(200):
            self.wfile.write(b" " * 1_000_000)


@cache
def bomb() -> bytes:
    """Return 200 MB that are packed into 0.2 MB, made a piece at a time."""
    packer = zlib.compressobj(wbits=31)
    return b"".join([*(packer.compress(b" " * 1_000_000) for _ in range(200)), packer.flush()])


@contextmanager
def standing_in(cells: dict[tuple[str, str], list[Any]]) -> Iterator[StandIn]:
    """Run a server on a free port of the loopback until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    stand_in = StandIn(cells, f"http://127.0.0.1:{server.server_port}")
    server.stand_in = stand_in  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def without(*names: str, **renamed: str) -> Callable[[Asked, Parent], Parent]:
    """Return a change that takes fields out of every answer, and gives others another name."""
    return lambda _, parent: {
        renamed.get(key, key): value for key, value in parent.items() if key not in names
    }


def plain(text: str) -> str:
    """Return a text without the port, which differs from run to run."""
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)
