"""A real FreeRADIUS hears access points, and what it wrote goes through the door. Skipped, loudly, where none is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from pulso.sources.radius import read, strip
from tests.sources.radius_rooms import SECRETS

SERVER = shutil.which("freeradius", path="/usr/sbin:/usr/bin:/sbin:/usr/local/sbin") or shutil.which("radiusd")
CLIENT = shutil.which("radclient")
SECRET = "for-this-test-alone"  # noqa: S105  # the server lives for one test, on this machine

CONF = """
name = freeradius
prefix = /usr
confdir = {folder}
raddbdir = {folder}
logdir = {folder}
run_dir = {folder}
radacctdir = {folder}
libdir = /usr/lib/freeradius
pidfile = {folder}/radiusd.pid
security {{
    allow_core_dumps = no
}}
client here {{
    ipaddr = 127.0.0.1
    secret = {secret}
}}
instantiate {{
    expr
}}
modules {{
    expr {{
    }}
    detail {{
        filename = "{folder}/detail"
    }}
}}
server default {{
    listen {{
        type = acct
        ipaddr = 127.0.0.1
        port = {port}
    }}
    preacct {{
        update request {{
            &Acct-Unique-Session-Id := "%{{md5:%{{User-Name}},%{{Acct-Session-Id}},%{{NAS-IP-Address}}}}"
        }}
    }}
    accounting {{
        detail
    }}
}}
"""


class Radius(NamedTuple):
    """A server that listens, and where it writes."""

    port: int
    detail: Path

    def hears(self, kind: str, session: str, **more: str | int) -> None:
        """Send one accounting packet as an access point does, and wait until it is acknowledged."""
        told = {
            "Acct-Status-Type": kind,
            "Acct-Session-Id": session,
            "User-Name": "maria.silva",
            "NAS-IP-Address": "192.0.2.7",
            "Framed-IP-Address": "10.66.77.88",
            "Called-Station-Id": "AA-BB-CC-00-00-01:Porto Digital",
            "Calling-Station-Id": "DE-AD-BE-EF-00-01",
        }
        told |= {name.replace("_", "-"): value for name, value in more.items()}
        packet = "\n".join(f"{name} = {value}" if isinstance(value, int) else f'{name} = "{value}"' for name, value in told.items())
        sent = subprocess.run(
            [str(CLIENT), "-r", "8", "-t", "2", f"127.0.0.1:{self.port}", "acct", SECRET],
            input=packet,
            capture_output=True,
            text=True,
            check=False,
        )
        assert sent.returncode == 0, sent.stdout + sent.stderr


@pytest.fixture(scope="module")
def radius(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radius]:
    if not SERVER or not CLIENT:
        pytest.skip("no FreeRADIUS on this machine: this test says nothing here. Debian: apt-get install freeradius freeradius-utils")
    folder = tmp_path_factory.mktemp("radius")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "radiusd.conf").write_text(CONF.format(folder=folder, port=port, secret=SECRET))
    with (folder / "said").open("w") as said_to:
        command = [SERVER, "-f", "-l", "stdout", "-d", str(folder), "-n", "radiusd"]
        server = subprocess.Popen(command, stdout=said_to, stderr=subprocess.STDOUT)
    try:
        for _ in range(200):
            said = (folder / "said").read_text()
            assert server.poll() is None, said
            if "Ready to process requests" in said:
                break
            time.sleep(0.1)
        yield Radius(port, folder / "detail")
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_what_a_server_heard_of_a_session_is_one_session_and_nobody(radius: Radius):
    begun = time.time()
    radius.hears("Start", "0001")
    radius.hears("Interim-Update", "0001", Acct_Session_Time=0, Acct_Input_Octets=7, Acct_Output_Octets=9)
    radius.hears("Stop", "0001", Acct_Session_Time=1, Acct_Input_Octets=500, Acct_Input_Gigawords=2, Acct_Output_Octets=11)
    radius.hears("Stop", "0002", Calling_Station_Id="DE-AD-BE-EF-00-02", Acct_Session_Time=4_800, Acct_Input_Octets=1, Acct_Output_Octets=1)
    radius.hears("Start", "0003", Calling_Station_Id="DE-AD-BE-EF-00-03")  # and never stops
    radius.hears("Stop", "0004", Acct_Session_Time=60, Acct_Delay_Time=30, Called_Station_Id="AA-BB-CC-00-00-02:Porto Digital")
    radius.hears("Accounting-On", "0000")
    written = radius.detail.read_bytes()
    stripped = strip(written, frozenset({"aa-bb-cc-00-00-01", "aa-bb-cc-00-00-02"}))
    k = read(stripped, "Europe/Lisbon")
    assert k.point.tolist() == ["aa-bb-cc-00-00-01"] * 3 + ["aa-bb-cc-00-00-02"]
    long = int((k.stop - k.start).argmax())
    np.testing.assert_allclose(k.stop[long] - k.start[long], 4_800)
    assert 8_589_935_092 in k.octets_in.tolist()
    assert k.open.sum() == 1
    assert np.all((k.stop > begun - 120) & (k.stop < begun + 120))
    np.testing.assert_allclose(k.stop[3] - k.start[3], 60)
    found = [s for s in SECRETS if s.lower().encode() in written.lower()]
    assert {"de-ad-be-ef-00-01", "maria.silva", "10.66.77.88"} <= set(found), "what is searched for was there"
    assert [s for s in (*SECRETS, "de-ad-be-ef") if s.lower().encode() in stripped.lower()] == []
