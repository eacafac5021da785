// Chromium of the distribution, with a fresh profile for every story, and a witness of what must never happen on any page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { password, user } from "./servers.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"];

/** Texts of the console in both languages, from the files the pages themselves use. */
export function texts(language) {
  return (key, values = {}) => {
    const dot = key.indexOf(".");
    const file = JSON.parse(readFileSync(new URL(`../../../web/src/i18n/${language}/${key.slice(0, dot)}.json`, import.meta.url), "utf8"));
    const text = key.slice(dot + 1).split(".").reduce((at, part) => at?.[part], file);
    assert.equal(typeof text, "string", `${key} is not a text in ${language}`);
    return text.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
  };
}

export class Browser {
  static async start() {
    const made = new Browser();
    made.chromium = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });
    return made;
  }

  /** A person's own window; `language` is what the browser asks for. */
  async person({ language = "en", theme = "light", size = { width: 1440, height: 900 } } = {}) {
    const context = await this.chromium.newContext({
      ignoreHTTPSErrors: true,
      locale: language === "ja" ? "ja-JP" : "en-GB",
      colorScheme: theme,
      viewport: size,
      timezoneId: "Asia/Tokyo",
    });
    context.setDefaultTimeout(40_000);
    return new Person(context, language, await context.newPage());
  }

  async stop() {
    await this.chromium.close();
  }
}

export class Person {
  constructor(context, language, page) {
    this.context = context;
    this.language = language;
    this.page = page;
    this.t = texts(language);
    this.wrongs = [];
    this.expected = [/Failed to load resource/]; // the browser's line for any status of 400 and above; what it means is on the page
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !this.expected.some((one) => one.test(text))) this.wrongs.push(`console: ${text}`);
    });
    page.on("pageerror", (error) => this.wrongs.push(`error: ${error.stack ?? error}`));
    page.on("request", (sent) => this.asked.add(new URL(sent.url()).origin));
  }
  asked = new Set();

  async signIn(url, secret = password) {
    if (url) await this.page.goto(url);
    await this.page.getByLabel(this.t("sign_in.user")).fill(user);
    await this.page.getByLabel(this.t("sign_in.password")).fill(secret);
    await this.page.getByRole("button", { name: this.t("sign_in.submit") }).click();
  }

  /** Signs in and waits until the pages are there. */
  async enter(url) {
    await this.signIn(url);
    await this.page.locator(".daikan-brand-server").waitFor();
  }

  /** Fails on anything serious that axe finds, and on any error of scripts or of the content security policy so far. */
  async isClean(where) {
    // What fades in has no colour of its own yet; a spinner turns for good and is not waited for.
    await this.page.evaluate(async () => {
      const frame = () => new Promise((go) => requestAnimationFrame(go));
      await frame();
      await frame();
      const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
      await Promise.allSettled(ending.map((one) => one.finished));
    });
    await this.page.evaluate(axe).catch(() => undefined); // the policy refuses no evaluation of the debugger
    const found = await this.page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations);
    const grave = found.filter((one) => one.impact === "serious" || one.impact === "critical");
    assert.deepEqual(grave.map((one) => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`), [], where);
    assert.deepEqual(this.wrongs, [], where);
  }

  async leave() {
    await this.context.close();
  }
}
