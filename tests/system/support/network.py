"""Network namespaces: offices, a DMZ and the firewall between them, on one machine. Needs root."""

import itertools
import json
import os
import pathlib
import subprocess

_numbers = itertools.count()

# What a firewall here judges; neighbour discovery and the like are the network's own.
CONVERSATIONS = "meta l4proto { tcp, udp }"


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout


class Site:
    """One namespace with one address on the backbone. `firewall` counts and drops what comes in and is not allowed."""

    def __init__(self, name: str, address: str):
        self.name, self.address = name, address

    def run(self, *command: str) -> str:
        return run("ip", "netns", "exec", self.name, *command)

    def refuse(self, rule: str) -> None:
        """Drops and counts incoming packets that match `rule` (nft syntax): refuse("tcp dport 13291")."""
        self._add("refused", f"{rule} counter drop")

    def accept_only(self, *rules: str) -> None:
        """Accepts incoming packets that match one of `rules`, answers to what this site began, and nothing else: that is counted, dropped."""
        for rule in ("ct state established,related accept", "iif lo accept", *(f"{rule} accept" for rule in rules)):
            self._add("only", rule)
        self._add("only", f"{CONVERSATIONS} counter drop")

    def allow_out_only(self, *rules: str) -> None:
        """Of what this site begins only `rules` may leave; the rest is counted and dropped."""
        for rule in ("ct state established,related accept", "oif lo accept", *(f"{rule} accept" for rule in rules)):
            self._add("leaving", rule, hook="output")
        self._add("leaving", f"{CONVERSATIONS} counter drop", hook="output")

    def count_opened(self, rule: str = "") -> None:
        """Counts TCP connections that begin here and go out; see opened()."""
        self._add("opened", f"oif != lo tcp flags syn / syn,ack {rule} counter", hook="output")

    def opened(self) -> int:
        return self._counted("opened")

    def dropped(self) -> int:
        return self._counted("refused") + self._counted("only") + self._counted("leaving")

    def _add(self, chain: str, rule: str, hook: str = "input") -> None:
        self.run("nft", "add", "table", "inet", "test")
        self.run("nft", f"add chain inet test {chain} {{ type filter hook {hook} priority 0 ; policy accept ; }}")
        self.run("nft", f"add rule inet test {chain} {rule}")

    def _counted(self, chain: str) -> int:
        if f"chain {chain} " not in self.run("nft", "list", "ruleset"):
            return 0
        listed = json.loads(self.run("nft", "-j", "list", "chain", "inet", "test", chain))
        return sum(part["counter"]["packets"] for entry in listed["nftables"] if "rule" in entry for part in entry["rule"]["expr"] if "counter" in part)


class Network:
    """Sites on one switch, 10.77.0.0/24 and fd77::/64, away from the machine's own network."""

    def __init__(self):
        self._mark = f"dk{os.getpid()}x{next(_numbers)}"
        self.switch = f"{self._mark}-switch"
        run("ip", "netns", "add", self.switch)
        self._names = [self.switch]
        run("ip", "-n", self.switch, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", self.switch, "link", "set", "br0", "up")

    def site(self, name: str) -> Site:
        number = len(self._names)
        full, address = f"{self._mark}-{name}", f"10.77.0.{number}"
        run("ip", "netns", "add", full)
        self._names.append(full)
        run("ip", "link", "add", "eth0", "netns", full, "type", "veth", "peer", "name", f"port{number}", "netns", self.switch)
        run("ip", "-n", self.switch, "link", "set", f"port{number}", "master", "br0", "up")
        for command in (("addr", "add", f"{address}/24", "dev", "eth0"), ("addr", "add", f"fd77::{number}/64", "dev", "eth0", "nodad"),
                        ("link", "set", "eth0", "up"), ("link", "set", "lo", "up")):
            run("ip", "-n", full, *command)
        return Site(full, address)

    def cut(self, site: Site) -> None:
        """Pulls the cable: nothing arrives, nobody is told."""
        run("ip", "-n", self.switch, "link", "set", f"port{self._names.index(site.name)}", "nomaster")

    def mend(self, site: Site) -> None:
        run("ip", "-n", self.switch, "link", "set", f"port{self._names.index(site.name)}", "master", "br0")

    def close(self) -> None:
        for name in reversed(self._names):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def possible() -> bool:
    return os.geteuid() == 0 and pathlib.Path("/proc/self/ns/net").exists()
