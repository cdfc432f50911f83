"""An authority of the test's own, made by the `openssl` command as the documentation says."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def make(folder: Path, name: str = "localhost") -> None:
    """Write ca.pem, broker.pem and broker.key into `folder`; the broker is called `name`."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("openssl is not installed: apt-get install openssl")
        pytest.skip("openssl is not installed")
    subject = ("-subj", "/CN=Sardze broker authority")
    _openssl(
        folder,
        *("req", "-x509", *_KEY, "-days", "2", *subject),
        *("-keyout", "ca.key", "-out", "ca.pem"),
    )
    _openssl(
        folder,
        *("req", *_KEY, "-subj", f"/CN={name}", "-keyout", "broker.key", "-out", "broker.csr"),
    )
    (folder / "names").write_text(f"subjectAltName=DNS:{name}")
    _openssl(
        folder,
        *("x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
        *("-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "broker.pem"),
    )


def _openssl(folder: Path, *words: str) -> None:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
