"""Fixtures of the system tests. Everything a test starts is ended after it, and a sanitizer's report fails it."""

import os
import pathlib

import pytest
from support import network as networks
from support import postgresql as databases
from support import proxies
from support.server import BIN, Cli, Server

os.environ["PATH"] += ":/usr/sbin:/sbin"


def pytest_sessionstart():
    for program in ("daikand", "daikan"):
        if not (BIN / program).exists():
            pytest.exit(f"{BIN / program} is missing: ./dev test system builds it", returncode=2)


class Started:
    """Starts servers, proxies and fakes, and ends them all."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.servers: list[Server] = []
        self._others: list = []

    def server(self, name: str, **more) -> Server:
        """A running server with its first administrator."""
        server = Server(self.folder, name, **more)
        self.servers.append(server)
        return server.initialise().start()

    def prepared(self, name: str, **more) -> Server:
        """A server with its data folder, not yet started."""
        server = Server(self.folder, name, **more)
        self.servers.append(server)
        return server.initialise()

    def cli(self, *servers: Server, name: str = "console", namespace: str | None = None) -> Cli:
        """An administrator's machine, logged in to `servers`."""
        cli = Cli(self.folder / name, namespace)
        for server in servers:
            cli.log_in(server)
        return cli

    def proxy(self, kind, **more) -> proxies.Proxy:
        proxy = kind(**more)
        self._others.append(proxy.stop)
        return proxy.start()

    def fake(self, conversation, **more) -> proxies.FakePeer:
        peer = proxies.FakePeer(conversation, **more)
        self._others.append(peer.close)
        return peer

    def end(self) -> list[str]:
        """Ends everything; returns what went wrong on the way: servers that died by themselves, did not end in time, or reported."""
        wrong = []
        for server in reversed(self.servers):
            if server.process is None:
                pass
            elif server.process.poll() is not None:
                wrong.append(f"{server.name} died with status {server.process.returncode}")
            else:
                try:
                    server.stop()
                except AssertionError as error:
                    wrong.append(str(error))
            wrong += [f"{server.name}: {report}" for report in server.reports()]
        for stop in reversed(self._others):
            stop()
        return wrong


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    setattr(item, f"report_{call.when}", outcome.get_result())


@pytest.fixture
def start(tmp_path, request):
    """start.server("hq"), start.cli(hq), start.proxy(Squid), start.fake(conversation)."""
    started = Started(tmp_path)
    yield started
    wrong = started.end()
    if getattr(request.node, "report_call", None) and request.node.report_call.failed:
        for server in started.servers:
            print(f"--- the end of {server.name}'s log\n{server.text()[-3000:]}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The same for all tests of one file, where starting servers anew for each would only cost time."""
    started = Started(tmp_path_factory.mktemp("shared"))
    yield started
    wrong = started.end()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def network():
    if not networks.possible():
        pytest.skip("network namespaces need root")
    network = networks.Network()
    yield network
    network.close()


@pytest.fixture
def postgresql():
    server = databases.Postgresql()
    yield server
    server.close()
