"""A whole hierarchy on this machine, joined in all three ways, every command printed as it runs; three more servers wait to be joined in the
browser.

    demo.py          stays until Ctrl-C
    demo.py --once   ends with 0 once every link was seen connected, a request was relayed to the third level, and a lock of the first
                     was obeyed and proved there

Everything lives in one temporary folder and on loopback; nothing is left when it ends.
"""

import argparse
import contextlib
import json
import os
import pathlib
import secrets
import shlex
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("DAIKAN_BIN", ROOT / "build/release"))
sys.path.insert(0, str(ROOT / "tests/system"))
from support.proxies import Squid  # noqa: E402
from support.waiting import wait_until  # noqa: E402

USER = "admin"
SERVERS = ("hq", "branch1", "branch2", "dmz1", "shop")
SPARES = ("branch3", "branch4", "dmz2")  # nobody's yet: whoever watches joins them, one in each way
PARENTS = {"branch1": "hq", "branch2": "hq", "dmz1": "hq", "shop": "branch1"}


class Failed(Exception):
    """The demonstration cannot go on; the text says why."""


class Demo:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.password = secrets.token_urlsafe(12)
        self.environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {
            "DAIKAN_HOME": str(folder / "console"), "PATH": f"{BIN}:{os.environ['PATH']}:/usr/sbin:/sbin"}
        self.daemons: dict[str, subprocess.Popen] = {}
        self.proxy: Squid | None = None

    # What a person would type, in the demonstration's folder.

    def show(self, command: tuple, behind: str = "") -> None:
        print(f"$ {shlex.join(map(str, command))}{behind}", flush=True)

    def run(self, *command, shown: bool = True) -> str:
        if shown:
            self.show(command)
        done = subprocess.run(list(map(str, command)), cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"{shlex.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
        if shown and done.stdout.strip():
            print("  " + done.stdout.rstrip().replace("\n", "\n  "), flush=True)
        return done.stdout

    def start_server(self, name: str) -> None:
        self.run("daikan", "init", "--data", name, "--name", name, "--user", USER, "--password-file", "password", shown=name == "hq")
        command = ("daikand", "--data", name, "--name", name, "--console", "127.0.0.1:0", "--link", "127.0.0.1:0")
        self.show(command, " &")
        with (self.folder / f"{name}.log").open("wb") as log:
            # setpriv: a server must not outlive the demonstration, whatever ends it.
            self.daemons[name] = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], cwd=self.folder, env=self.environment,
                                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_until(lambda: self.alive(name) and json.loads((self.folder / name / "endpoints.json").read_text()), f"{name} serves")

    def alive(self, name: str) -> bool:
        if self.daemons[name].poll() is not None:
            raise Failed(f"{name} ended by itself:\n{(self.folder / f'{name}.log').read_text()[-3000:]}")
        return True

    def address(self, name: str, port: str) -> str:
        """`port`: "console" or "link"."""
        return json.loads((self.folder / name / "endpoints.json").read_text())[port][0]

    def fingerprint(self, name: str) -> str:
        printed = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", self.folder / name / "server.cer", "-noout", "-fingerprint", "-sha256"],
                                 check=True, capture_output=True, text=True).stdout
        return printed.strip().split("=")[1]

    def log_in(self, name: str) -> None:
        self.run("daikan", "login", f"https://{self.address(name, 'console')}", "--as", name, "--user", USER, "--password-file", "password",
                 "--fingerprint", self.fingerprint(name))

    # The acts.

    def start_servers(self) -> None:
        title("Five Administration Servers, three more to join by hand, and a proxy that wants a password")
        (self.folder / "password").write_text(self.password + "\n")
        for name in SERVERS + SPARES:
            self.start_server(name)
        self.proxy = Squid(user="demo", password=secrets.token_urlsafe(9)).start()
        (self.folder / "proxy-password").write_text(self.proxy.password + "\n")
        self.show(("squid", "-N", "-f", f"{self.proxy.folder}/squid.conf"), " &")
        for name in ("hq", "branch1", "branch2", "dmz1"):
            self.log_in(name)
        self.run("daikan", "--server", "hq", "group", "add", "Managed devices/Branches")
        self.run("daikan", "--server", "hq", "group", "add", "Managed devices/DMZ")

    def way_1(self, secondary: str, primary: str, group: str) -> None:
        self.run("daikan", "--server", primary, "secondary", "add", "--group", group, self.address(secondary, "console"), "--user", USER,
                 "--password-file", "password", "--fingerprint", self.fingerprint(secondary), "--primary-address", self.address(primary, "link"))

    def export(self, name: str) -> None:
        if not (self.folder / f"{name}.cer").exists():
            self.run("daikan", "--server", name, "certificate", "export", f"{name}.cer")

    def way_2(self) -> None:
        self.export("hq")
        self.export("branch2")
        self.run("daikan", "--server", "hq", "secondary", "add", "--group", "Managed devices/Branches", "--name", "branch2", "--certificate", "branch2.cer")
        self.run("daikan", "--server", "branch2", "primary", "set", "--address", self.address("hq", "link"), "--certificate", "hq.cer")

    def way_3(self) -> None:
        self.export("hq")
        self.export("dmz1")
        self.run("daikan", "--server", "dmz1", "primary", "set", "--dmz", "--certificate", "hq.cer")
        self.run("daikan", "--server", "hq", "secondary", "add", "--group", "Managed devices/DMZ", "--name", "dmz1", "--dmz", self.address("dmz1", "link"),
                 "--certificate", "dmz1.cer", "--proxy", self.proxy.url, "--proxy-password-file", "proxy-password")

    def tree(self) -> dict:
        return json.loads(self.run("daikan", "--server", "hq", "tree", "--output", "json", shown=False))

    def whole(self) -> dict | None:
        """The tree once every server is in its place and every link connected."""
        found, tree = {}, self.tree()

        def walk(node: dict) -> None:
            for each in node["secondaries"]:
                if each["state"] == "connected" and each["server"]:
                    found[each["server"]["name"]] = node["name"]
                    walk(each["server"])

        walk(tree)
        return tree if tree["complete"] and found == PARENTS else None

    def show_pages(self) -> None:
        """The last thing on the screen: what to open, and what to do there."""
        address = f"https://{self.address('hq', 'console')}/"
        policy = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert((self.folder / "hq/server.cer").read_bytes()))
        policy.check_hostname = False
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=policy)).open(address, timeout=10) as page:
            if "text/html" not in page.headers["content-type"]:
                raise Failed(f"{address} is no page: {page.headers}")
        title("Open this in a browser")
        print(f"  {address}\n  user {USER}, password {self.password} (the same on every server here)\n"
              "  The browser asks about the certificate, because the server made it itself: go on. “Hierarchy” shows the five servers that are joined.",
              flush=True)
        self.show_exercises()

    def show_exercises(self) -> None:
        """What each way asks for, so that nothing has to be looked up: three servers wait to be joined."""
        title("Join three more: Managed devices → Administration Servers → Add secondary Administration Server")
        one, two, three = SPARES
        print(f"  way 1  {one}: its address {self.address(one, 'console')}; then its user {USER} with the password above\n"
              f"  way 2  {two}: leave the address empty. The files are exchanged by hand: {two}'s own console is https://{self.address(two, 'console')}/,\n"
              "         its certificate file is under Properties → Certificate, and the other half of the work under Properties → Hierarchy of\n"
              f"         Administration Servers. There the address of hq is {self.address('hq', 'link')}\n"
              f"  way 3  {three}: its address {self.address(three, 'link')} with “in the DMZ” ticked; its console is https://{self.address(three, 'console')}/\n"
              f"  proxy  in ways 1, 2 and 3, if you want one: HTTP, address 127.0.0.1, port {self.proxy.port}, user {self.proxy.user},\n"
              f"         password {self.proxy.password}\n"
              "  To see what a failure looks like: 127.0.0.1:9 is an address where nothing listens.", flush=True)

    def read(self, *command) -> dict:
        return json.loads(self.run("daikan", *command, "--output", "json", shown=False))

    def governed(self) -> dict:
        """How long events are kept on the third level, and why."""
        effective = self.read("--server", "hq", "--relay", "branch1/shop", "policy", "effective")
        return next(each for each in effective["items"] if each["path"] == "events.info_days")

    def show_policies(self) -> None:
        title("The root locks a setting, the third level obeys")
        self.run("daikan", "--server", "hq", "policy", "create", "Short memory", "--active")
        self.run("daikan", "--server", "hq", "policy", "set", "Short memory", "events.info_days=30", "--lock")
        obeyed = wait_until(lambda: self.governed()["value"] == 30 and self.governed(), "the third level obeys", 30, 0.2)
        if not obeyed["locked"] or obeyed["from"]["source"]["server"] != "hq":
            raise Failed(f"the third level does not say that hq locked it: {obeyed}")
        self.run("daikan", "--server", "hq", "--relay", "branch1/shop", "policy", "effective", "--reasons")
        title("… which is proved")
        wait_until(lambda: self.read("--server", "hq", "policy", "status")["counts"]["in_force"] == len(PARENTS), "it is in force on every server", 30, 0.2)
        self.run("daikan", "--server", "hq", "policy", "status")
        title("What the next change would change, and where; nothing is saved")
        preview = self.run("daikan", "--server", "hq", "policy", "set", "Short memory", "log.level=warning", "--lock", "--preview")
        if "warning" not in preview or self.governed()["value"] != 30:
            raise Failed(f"the preview does not say what would change:\n{preview}")

    def show_result(self) -> None:
        title("The hierarchy")
        try:
            tree = wait_until(self.whole, "every link is connected", 60, 0.5)
        except AssertionError as error:
            raise Failed(f"not every link came up: {error}\n{self.run('daikan', '--server', 'hq', 'tree', shown=False)}") from None
        self.run("daikan", "--server", "hq", "tree")
        dmz = json.loads(self.run("daikan", "--server", "hq", "secondary", "show", "dmz1", "--output", "json", shown=False))
        if not dmz["peer_address"].endswith(f":{self.proxy.port}"):
            raise Failed(f"dmz1 is connected, but not through the proxy: {dmz}")
        title("A request to the third level, through hq and branch1")
        told = self.run("daikan", "--server", "hq", "--relay", "branch1/shop", "certificate", "show")
        if self.fingerprint("shop") not in told:
            raise Failed(f"the relayed answer is not shop's:\n{told}")
        self.show_policies()
        title("Consoles, which one browser opens side by side")
        for name in SERVERS + SPARES:
            print(f"  {name:8} https://{self.address(name, 'console')}/")
        print(f"  client   DAIKAN_HOME={self.folder}/console {relative(BIN / 'daikan')} --server hq tree", flush=True)
        self.show_pages()
        assert tree["name"] == "hq"

    def play(self) -> None:
        self.start_servers()
        title("branch1: way 1, the console reaches both servers")
        self.way_1("branch1", "hq", "Managed devices/Branches")
        title("branch2: way 2, certificate files are exchanged")
        self.way_2()
        title("dmz1: way 3, the primary dials through the proxy")
        self.way_3()
        title("shop: the third level, way 1 below branch1")
        self.way_1("shop", "branch1", "Managed devices")
        self.show_result()

    def end(self) -> None:
        for daemon in self.daemons.values():
            with contextlib.suppress(ProcessLookupError):
                daemon.terminate()
        for name, daemon in self.daemons.items():
            try:
                daemon.wait(8)
            except subprocess.TimeoutExpired:
                print(f"{name} had to be killed", file=sys.stderr)
                daemon.kill()
                daemon.wait()
        if self.proxy:
            self.proxy.stop()


def title(text: str) -> None:
    print(f"\n── {text}", flush=True)


def relative(path: pathlib.Path) -> pathlib.Path:
    return path.relative_to(pathlib.Path.cwd()) if path.is_relative_to(pathlib.Path.cwd()) else path


def main() -> int:
    options = argparse.ArgumentParser(description="A hierarchy of Administration Servers on loopback.")
    options.add_argument("--once", action="store_true", help="end by itself once everything was seen to work")
    once = options.parse_args().once
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="daikan-demo-"))
    demo, begin = Demo(folder), time.monotonic()
    try:
        demo.play()
        print(f"\nJoined in {time.monotonic() - begin:.1f} s.", flush=True)
        if not once:
            print("Ctrl-C ends it and removes everything.", flush=True)
            threading.Event().wait()
        return 0
    except KeyboardInterrupt:
        return 0
    except (Failed, AssertionError) as error:
        print(f"\nThe demonstration failed: {error}", file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        demo.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
