// A server with as many secondaries as a story wants; none of them exists, each has a certificate of its own.
import { Agent } from "node:https";
import { certificateLike } from "./certificates.mjs";

const kAtOnce = 8;

export const nameOf = (number) => `server-${String(number).padStart(4, "0")}`;

/** Registers `count` secondaries in the root group. */
export async function addMany(server, count) {
  const template = server.certificate;
  await server.call("GET", "groups"); // signs in once, before several ask at the same time
  let next = 1;
  const worker = async () => {
    while (next <= count) {
      const name = nameOf(next++);
      await server.call("POST", "secondaries", { group: "Managed devices", name, direction: "secondary_dials", certificate: certificateLike(template).toString("base64") });
    }
  };
  // Lines that stay open: thousands of handshakes would be most of the time.
  server.agent = new Agent({ keepAlive: true, maxSockets: kAtOnce });
  await Promise.all(Array.from({ length: kAtOnce }, worker));
  server.agent.destroy();
  server.agent = undefined;
}

/** In the page from its beginning: notes when the tree stands with `rows` rows, drawn and painted. */
export function watchTree(rows) {
  const look = () => {
    const tree = document.querySelector('[role="tree"]');
    if (tree && tree.clientHeight >= rows * 32 && tree.querySelector('[data-kind="secondary"]')) requestAnimationFrame(() => (window.treeAt = performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** In the page: scrolls from the top to the end, `step` pixels a frame; the times between frames in ms, and how many showed a gap. */
export async function scrollThrough(step) {
  const scroller = document.querySelector(".daikan-tree-scroll");
  scroller.scrollTop = 0;
  const times = [];
  let gaps = 0;
  const frame = () => new Promise((go) => requestAnimationFrame(go));
  let before = await frame();
  while (scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 1) {
    scroller.scrollTop += step;
    const now = await frame();
    times.push(now - before);
    before = now;
    const box = scroller.getBoundingClientRect();
    const middle = document.elementFromPoint(box.left + 40, box.top + box.height / 2);
    if (!middle?.closest('[role="treeitem"]')) ++gaps;
  }
  return { times, gaps };
}
