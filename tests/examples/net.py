# SPDX-License-Identifier: BSD-2-Clause
"""The test of examples/net: requests from the host, through QEMU's user networking."""


def test(boot):
    raise AssertionError("not yet")
