"""The server tells a service manager when it answers and when it stops."""

import socket
from pathlib import Path

from tests.e2e.system import Installation, until


def test_ready_and_stopping_are_told(tmp_path: Path) -> None:
    installation = Installation(tmp_path, {"NOTIFY_SOCKET": str(tmp_path / "notify")})
    installation.config.write_text('[dispatch]\nport = 0\ndata_dir = "data"\n')
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        with installation.running("run") as running:
            assert manager.recv(100) == b"READY=1"
            running.process.terminate()
            assert manager.recv(100) == b"STOPPING=1"
            until(lambda: running.process.poll() is not None, "the server ends")
