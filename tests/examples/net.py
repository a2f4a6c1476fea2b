# SPDX-License-Identifier: BSD-2-Clause
"""The test of examples/net: requests from the host through QEMU's user networking, all answered
although the driver is killed and replaced in the middle."""
import concurrent.futures
import re
import socket

REQUESTS = 1000
AT_ONCE = 4
RESTART_AT = REQUESTS // 2
PATIENCE = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path):
    """The body of the answer to one request."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.0 200") or f"Content-Length: {len(body)}".encode() not in head:
        raise AssertionError(f"{path}: bad answer {answer[:60]!r}")
    return body.decode()


def request(port, number):
    return get(port, "/restart" if number == RESTART_AT else "/")


def test(boot):
    port = free_port()
    machine = boot(["-netdev", f"user,id=n,hostfwd=tcp:127.0.0.1:{port}-:80",
                    "-device", "virtio-net-pci,netdev=n"])
    machine.expect("is served")
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda number: request(port, number), range(REQUESTS)))
    if "another one carried this answer" not in answers[RESTART_AT]:
        raise AssertionError("the restart was not answered")
    page = get(port, "/")
    started = int(re.search(r"started (\d+) times", page).group(1))
    served = int(re.search(r"requests +(\d+)", page).group(1))
    if started != 2 or served != REQUESTS + 1:
        raise AssertionError(f"the driver was started {started} times, {served} requests served")
    machine.expect("the driver was asked to go, starting another")
    machine.results["net-page"] = page
