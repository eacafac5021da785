"""daikand as a process: its flags, its signals, its health."""

import json
import os
import signal
import socket
import stat
import subprocess
import threading
import time

import pytest
from support.server import BIN, PASSWORD, USER, attach, environment
from support.waiting import wait_until


def daikand(folder, *arguments):
    return subprocess.run([BIN / "daikand", *map(str, arguments)], capture_output=True, text=True, timeout=30, env=environment(folder))


def test_sigterm_ends_it_within_five_seconds_idle(start):
    assert start.server("hq").stop() < 5  # stop() also wants status 0 and no report


def test_sigterm_ends_it_within_five_seconds_with_links_streams_and_stuck_clients(start):
    hq, branch, shop = (start.server(name) for name in ("hq", "branch", "shop"))
    attach(hq, branch)
    attach(branch, shop)
    streams = [hq.api.events(), hq.api.through(branch.id).events(), hq.api.through(branch.id, shop.id).events()]
    stuck = [socket.create_connection((where.host, where.port)) for where in (hq.link, hq.console, branch.link) for _ in range(5)]
    dialling = threading.Thread(target=lambda: hq.api.call("POST", "/probes", {"address": "127.0.0.1:9"}), daemon=True)
    dialling.start()
    for server in (branch, hq, shop):
        server.stop()
    for each in [*streams, *stuck]:
        each.close()


def test_sigterm_while_it_dials_a_hanging_peer(start):
    hq = start.server("hq")
    silent = socket.create_server(("127.0.0.1", 0))
    other = start.server("other")
    hq.register(other, direction="primary_dials", address=f"127.0.0.1:{silent.getsockname()[1]}")
    wait_until(lambda: hq.secondary("other")["state"] == "connecting", "it dials")
    hq.stop()
    silent.close()


def test_sigint_ends_it_too(start):
    hq = start.server("hq")
    hq.process.send_signal(signal.SIGINT)
    assert hq.process.wait(5) == 0
    hq.process = None


def test_a_second_daemon_on_the_same_folder_is_refused_and_says_which_process_holds_it(start):
    hq = start.server("hq")
    second = daikand(start.folder, "--data", hq.data, "--console", "127.0.0.1:0", "--link", "127.0.0.1:0")
    assert second.returncode != 0 and str(hq.process.pid) in second.stderr + second.stdout
    assert hq.alive()


def test_a_port_in_use_is_named(start):
    hq = start.server("hq")
    other = start.prepared("other")
    refused = daikand(start.folder, "--data", other.data, "--console", "127.0.0.1:0", "--link", str(hq.link))
    assert refused.returncode != 0 and str(hq.link) in refused.stderr + refused.stdout


def test_without_an_account_it_says_how_to_make_one(start):
    folder = start.folder / "fresh"
    process = subprocess.Popen([BIN / "daikand", "--data", folder, "--console", "127.0.0.1:0", "--link", "127.0.0.1:0"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(start.folder))
    try:
        time_out = threading.Timer(20, process.kill)
        time_out.start()
        said = ""
        for line in process.stdout:
            said += line
            if "daikan init" in said:
                break
        time_out.cancel()
        assert "daikan init" in said
    finally:
        process.kill()
        process.communicate()


def test_print_config_can_be_read_again_and_check_config_accepts_it(start):
    folder = start.folder
    printed = daikand(folder, "--data", folder / "d", "--name", "Zentrale", "--link", "127.0.0.1:1300", "--print-config")
    assert printed.returncode == 0 and "Zentrale" in printed.stdout and "127.0.0.1:1300" in printed.stdout
    (folder / "daikan.toml").write_text(printed.stdout)
    assert daikand(folder, "--config", folder / "daikan.toml", "--check-config").returncode == 0
    again = daikand(folder, "--config", folder / "daikan.toml", "--print-config")
    assert again.stdout == printed.stdout
    assert not (folder / "d").exists()  # neither touches the data folder


@pytest.mark.parametrize("text, words", [
    ("surprise = 1\n", "surprise"), ("link = 7\n", "link"), ("link = [\"127.0.0.1:99999\"]\n", "99999"), ("= broken", ":2"),
    ("max_depth = 1000\n", "max_depth"), ("log_format = \"xml\"\n", "log_format"), ("lnik = []\n", "link"),
])
def test_check_config_names_file_line_and_key(start, text, words):
    path = start.folder / "wrong.toml"
    path.write_text(f"data = \"{start.folder}/d\"\n" + text)
    refused = daikand(start.folder, "--config", path, "--check-config")
    assert refused.returncode != 0 and "wrong.toml" in refused.stderr and words in refused.stderr


def test_metrics_are_prometheus_text_and_health_needs_no_account(start):
    hq, branch = start.server("hq"), start.server("branch")
    attach(hq, branch)
    assert hq.stranger.get("//healthz") == "ok\n"
    metrics = hq.metrics()
    assert metrics["daikan_links_connected"] == 1 and metrics["process_resident_memory_bytes"] > 0
    assert metrics["daikan_store_writes_total"] >= metrics["daikan_store_commits_total"] > 0


def test_systemd_is_told_when_it_is_ready(start):
    address = start.folder / "notify"
    notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notified.bind(str(address))
    notified.settimeout(30)
    hq = start.prepared("hq")
    os.environ["NOTIFY_SOCKET"] = str(address)
    try:
        hq.start()
    finally:
        del os.environ["NOTIFY_SOCKET"]
    assert b"READY=1" in notified.recv(4096)
    hq.stop()
    assert b"STOPPING=1" in notified.recv(4096)
    notified.close()


def test_the_data_folder_is_for_its_owner_only(start):
    hq = start.server("hq")
    assert stat.S_IMODE(hq.data.stat().st_mode) == 0o700
    for name in ("server.key", "secrets.key"):
        path = hq.data / name
        assert not path.exists() or stat.S_IMODE(path.stat().st_mode) == 0o600
    log = hq.text()
    assert PASSWORD not in log and "PRIVATE KEY" not in log


def test_it_keeps_identity_name_and_accounts_over_restarts(start):
    hq = start.server("hq")
    before, fingerprint = hq.stranger.get("/server/identity"), hq.fingerprint
    hq.restart()
    assert hq.stranger.get("/server/identity") == before and hq.fingerprint == fingerprint
    assert hq.stranger.log_in(USER, PASSWORD).secret
    assert json.loads((hq.data / "endpoints.json").read_text())["console"] == hq.console_addresses


def test_a_damaged_identity_is_not_overwritten(start):
    hq = start.server("hq")
    hq.stop()
    (hq.data / "server.cer").write_bytes(b"damaged")
    refused = daikand(start.folder, "--data", hq.data, "--console", "127.0.0.1:0", "--link", "127.0.0.1:0")
    assert refused.returncode != 0 and "server.cer" in refused.stderr + refused.stdout
    assert (hq.data / "server.cer").read_bytes() == b"damaged"


def test_an_idle_server_does_not_spin(start):
    hq = start.server("hq")
    before, begin = hq.metrics()["process_cpu_seconds_total"], time.monotonic()
    time.sleep(3)  # the time itself is what is measured
    used = hq.metrics()["process_cpu_seconds_total"] - before
    assert used < 0.2 * (time.monotonic() - begin)
