"""An h11 connection that reads a request in one way only. What h11 forgives is gone by the time it tells of a request,
so the raw bytes are looked at before."""

from __future__ import annotations

import h11

from slimreel.server.framing import Fault, HeadLimits, fault_of_end, fault_of_start, malformed

# The last line of a chunked body and the blank line behind it; more stands there only with trailers or extensions.
_END_BYTES = 64


class StrictConnection(h11.Connection):
    """The server's side of a connection. `fault` says why the last RemoteProtocolError was raised."""

    def __init__(self, limits: HeadLimits) -> None:
        super().__init__(h11.SERVER, limits.most_bytes + 4)
        self._limits = limits
        self._chunked = False
        self._behind_data = b""
        self.fault: Fault | None = None

    def head_has_begun(self) -> bool:
        """Whether bytes wait that are no whole request yet."""
        return len(self._receive_buffer) > 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        if self.their_state is h11.IDLE and self.head_has_begun():
            self._check(fault_of_start(self._first(self._limits.most_bytes + 4), self._limits))
        in_chunks = self._chunked and self.their_state is h11.SEND_BODY
        before, length = (self._first(_END_BYTES + 1), len(self._receive_buffer)) if in_chunks else (b"", 0)
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as error:
            self.fault = self.fault or malformed(str(error)[:80])
            raise
        if isinstance(event, h11.Request):
            self._chunked = any(name == b"transfer-encoding" for name, _ in event.headers)
            self._behind_data = b""
        elif in_chunks and isinstance(event, h11.Data):
            self._behind_data = b""
        elif in_chunks:
            # The end may come in pieces, and h11 takes its first line before the rest is there.
            self._behind_data = (self._behind_data + before[: length - len(self._receive_buffer)])[: _END_BYTES + 1]
            if isinstance(event, h11.EndOfMessage):
                too_long = len(self._behind_data) > _END_BYTES
                self._check(malformed("the end of the body is too long") if too_long else None)
                self._check(fault_of_end(self._behind_data, event.headers))
        return event

    def _first(self, most: int) -> bytes:
        # h11 gives the waiting bytes out only as a copy of all of them, which would be made for every small chunk.
        return bytes(self._receive_buffer._data[:most])

    def _check(self, fault: Fault | None) -> None:
        if fault is not None:
            self.fault = fault
            raise h11.RemoteProtocolError(fault.sentence, error_status_hint=fault.status)
