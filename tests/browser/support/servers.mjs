// Real servers for stories in the browser: daikand and daikan as processes in one temporary folder, on ports that the kernel chose.
//
// What is told about a server is read from it (endpoints.json, the API over its pinned certificate). stop() ends every process by its id.
import { spawn, spawnSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../..");
export const bin = process.env.DAIKAN_BIN ? resolve(root, process.env.DAIKAN_BIN) : join(root, "build/asan");
export const web = join(root, "build/web");
export const user = "olga";
export const password = "correct horse battery staple";

const patienceMs = 60_000;

/** Waits until `condition` gives something true; fails with `what`. */
export async function until(condition, what, ms = patienceMs) {
  const end = Date.now() + ms;
  let last = "";
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      last = String(error);
    }
    if (Date.now() > end) throw new Error(`not within ${ms / 1000} s: ${what} ${last}`);
    await new Promise((go) => setTimeout(go, 50));
  }
}

function environment(folder) {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().endsWith("_proxy")));
  return { ...kept, LC_ALL: "C.UTF-8", DAIKAN_HOME: join(folder, "home"), ASAN_OPTIONS: `${kept.ASAN_OPTIONS ?? "halt_on_error=1"}:log_path=${folder}/sanitizer` };
}

export class Server {
  constructor(folder, name) {
    this.folder = folder;
    this.name = name;
    this.data = join(folder, name);
    this.ports = { console: "127.0.0.1:0", link: "127.0.0.1:0" };
    this.child = null;
  }

  async start() {
    if (!existsSync(this.data)) daikan(this.folder, ["init", "--data", this.data, "--name", this.name, "--user", user, "--password-file", "-"], password);
    const told = join(this.data, "endpoints.json");
    rmSync(told, { force: true });
    const log = openSync(join(this.folder, `${this.name}.log`), "a");
    const options = ["--data", this.data, "--name", this.name, "--console", this.ports.console, "--link", this.ports.link, "--web", web];
    this.child = spawn(join(bin, "daikand"), options, { stdio: ["ignore", log, log], env: environment(this.folder) });
    this.ended = new Promise((go) => this.child.once("exit", go));
    const ports = await until(() => {
      if (this.child.exitCode !== null) throw new Error(`${this.name} ended:\n${this.text()}`);
      return existsSync(told) && JSON.parse(readFileSync(told, "utf8"));
    }, `${this.name} serves`);
    this.ports = { console: ports.console[0], link: ports.link[0] };
    return this;
  }

  get url() {
    return `https://${this.ports.console}`;
  }
  text() {
    return readFileSync(join(this.folder, `${this.name}.log`), "utf8").slice(-3000);
  }
  get certificate() {
    return readFileSync(join(this.data, "server.cer"));
  }
  get fingerprint() {
    return new X509Certificate(this.certificate).fingerprint256;
  }

  async stop() {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null) return;
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await this.ended;
    clearTimeout(late);
  }

  /** One request to the API as the administrator; `headers` may name more. Fails on a status of 400 and above. */
  async call(method, route, body, headers = {}) {
    if (!this.secret && route !== "sessions") this.secret = (await this.call("POST", "sessions", { user, password })).token;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const [host, port] = this.ports.console.split(":");
    const certificate = this.certificate;
    return await new Promise((resolve, reject) => {
      const sent = request(
        {
          host,
          port,
          method,
          agent: this.agent,
          path: `/api/v1/${route}`,
          rejectUnauthorized: false,
          headers: { ...(text ? { "content-type": "application/json", "content-length": Buffer.byteLength(text) } : {}), ...(this.secret ? { authorization: `Bearer ${this.secret}` } : {}), ...headers },
        },
        (answer) => {
          const seen = answer.socket.getPeerCertificate().raw;
          if (createHash("sha256").update(seen).digest("hex") !== createHash("sha256").update(certificate).digest("hex")) return reject(new Error("another server"));
          const pieces = [];
          answer.on("data", (piece) => pieces.push(piece));
          answer.on("end", () => {
            const all = Buffer.concat(pieces).toString();
            if (answer.statusCode >= 400) reject(new Error(`${method} ${route}: ${answer.statusCode} ${all}`));
            else resolve(all ? JSON.parse(all) : null);
          });
        },
      );
      sent.on("error", reject);
      sent.end(text);
    });
  }
}

/** Runs the command line; fails unless it ends with 0. */
export function daikan(folder, options, input = "") {
  const done = spawnSync(join(bin, "daikan"), options, { input, encoding: "utf8", env: environment(folder), timeout: 120_000 });
  if (done.status !== 0) throw new Error(`daikan ${options.join(" ")} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  return done.stdout;
}

/** A place for the servers of one story. */
export class Site {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "daikan-browser-"));
    mkdirSync(join(this.folder, "home"));
    this.parts = [];
  }

  async server(name) {
    const made = new Server(this.folder, name);
    this.parts.push(made);
    return await made.start();
  }

  /** `daikan console` for the profiles of this site; `address` is what it printed. */
  async console() {
    const log = openSync(join(this.folder, "console.log"), "a");
    const child = spawn(join(bin, "daikan"), ["console", "--port", "0", "--web", web], { stdio: ["ignore", "pipe", log], env: environment(this.folder) });
    const ended = new Promise((go) => child.once("exit", go));
    let printed = "";
    child.stdout.on("data", (piece) => (printed += piece));
    const address = await until(() => {
      if (child.exitCode !== null) throw new Error(readFileSync(join(this.folder, "console.log"), "utf8"));
      return /http:\S+/.exec(printed)?.[0];
    }, "daikan console tells its address");
    const part = {
      address,
      stop: async () => {
        child.kill("SIGINT");
        const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
        await ended;
        clearTimeout(late);
      },
    };
    this.parts.push(part);
    return part;
  }

  /** Joins `below` to `above` as `daikan secondary add` does it in way 1. */
  async join(above, below, group = "Managed devices") {
    const home = join(this.folder, "home/password");
    writeFileSync(home, password);
    for (const each of [above, below]) {
      daikan(this.folder, ["login", each.url, "--as", each.name, "--user", user, "--password-file", home, "--fingerprint", each.fingerprint]);
    }
    daikan(this.folder, ["--server", above.name, "secondary", "add", "--group", group, below.ports.console, "--user", user, "--password-file", home,
      "--fingerprint", below.fingerprint, "--primary-address", above.ports.link]);
  }

  async stop() {
    for (const part of this.parts.reverse()) await part.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port on which nothing listens. */
export async function freePort() {
  return await new Promise((resolve) => {
    const socket = createServer().listen(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
