#!/usr/bin/env python3
"""A Ringwall sensor written from docs/protocol.md alone: Python 3.9 or later, standard library only.

It denies files that begin with a marker, counts what it is told, and reports a finding for each program started from /tmp.
"""
import os
import socket
import struct
import sys
import time

MARKER = b"RINGWALL-SAMPLE-MARKER"
MAX_MESSAGE = 131_072
HELLO, WELCOME, ASK, VERDICT, TELLS, FINDING, HEALTH, HEALTH_ASK, STOP = range(1, 10)
EXEC, OPEN, PROCESS, FILE = 1, 2, 1, 2
ALLOW, DENY = 1, 2
PROCESS_START, LOSS = 1, 9


def field(number, layout, value):
    """One field: a struct layout for integers, None for bytes."""
    value = value if layout is None else struct.pack("<" + layout, value)
    return struct.pack("<HHI", number, 0, len(value)) + value


def message(kind, *fields):
    body = b"".join(fields)
    return struct.pack("<HHI", kind, 0, 8 + len(body)) + body


def fields_of(data):
    """Yields (id, value) and stops the sensor at a field that runs past the end."""
    while data:
        if len(data) < 8:
            raise ValueError("bytes after the last field")
        number, _, length = struct.unpack_from("<HHI", data)
        if length > len(data) - 8:
            raise ValueError("a field runs past the end")
        yield number, data[8:8 + length]
        data = data[8 + length:]


def integer(value):
    return int.from_bytes(value, "little")


class Sensor:
    def __init__(self, end):
        self.end, self.answered, self.late, self.told, self.lost = end, 0, 0, 0, 0

    def ask(self, fields, descriptor):
        deadline = integer(fields[3])
        if time.clock_gettime_ns(time.CLOCK_MONOTONIC) >= deadline:
            self.late += 1      # the host has used its fallback; an answer would be a strike
            return
        head = os.pread(descriptor, 4096, 0) if descriptor is not None else b""
        found = MARKER in head
        self.end.send(message(VERDICT, field(1, None, fields[1]), field(2, "B", DENY if found else ALLOW),
                              field(3, "B", 1), field(4, None, b"the file begins with the sample marker" if found else b"")))
        self.answered += 1

    def tell(self, event):
        kind = integer(event[1])
        self.told += 1
        if kind == LOSS:
            self.lost += integer(event[15])
        elif kind == PROCESS_START:
            actor = dict(fields_of(event.get(5, b"")))      # arguments repeat; the last one wins here, which is enough
            program = actor.get(4, b"")
            if program.startswith(b"/tmp/"):
                self.end.send(message(FINDING, field(1, None, b"run-from-tmp"), field(2, None, b"A program was started from /tmp"),
                                      field(3, "B", 3), field(6, None, event[2]), field(7, "Q", integer(event.get(3, b""))),
                                      field(8, None, event[4]), field(9, None, event.get(5, b"")), field(10, None, program)))

    def health(self, fields):
        note = f"told {self.told}, lost {self.lost}".encode()
        self.end.send(message(HEALTH, field(1, None, fields[1]), field(2, "Q", self.answered), field(4, None, note),
                              field(5, "Q", self.late), field(7, "Q", self.told)))

    def run(self):
        self.end.send(message(HELLO, field(1, "H", 1), field(2, None, b"python-sample"), field(3, None, b"Example"), field(4, None, b"1.0"),
                              field(6, "I", EXEC | OPEN), field(7, "I", PROCESS | FILE), field(8, "B", 1)))
        while True:
            data, descriptors, _, _ = socket.recv_fds(self.end, MAX_MESSAGE, 1, socket.MSG_CMSG_CLOEXEC)
            try:
                if not data:
                    return      # the host is gone
                kind, _, length = struct.unpack_from("<HHI", data)
                if length != len(data):
                    raise ValueError("the length does not fit")
                if kind == STOP:
                    return
                if kind == ASK:
                    self.ask(dict(fields_of(data[8:])), descriptors[0] if descriptors else None)
                elif kind == TELLS:
                    for number, value in fields_of(data[8:]):
                        if number == 1:
                            self.tell(dict(fields_of(value)))
                elif kind == HEALTH_ASK:
                    self.health(dict(fields_of(data[8:])))
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)


def main():
    number = os.environ.get("RINGWALL_SOCKET", "")
    if not number.isdigit():
        print("RINGWALL_SOCKET is not set: a sensor is started by a host. Start it through ringwall.", file=sys.stderr)
        return 2
    try:
        Sensor(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, int(number))).run()
    except (ConnectionError, BrokenPipeError):
        pass                    # the host is gone
    return 0


if __name__ == "__main__":
    sys.exit(main())
