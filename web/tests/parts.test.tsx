import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { startLanguages, speak } from "../src/i18n";
import { ProblemError } from "../src/api/problem";
import { session } from "../src/api/session";
import { ConfirmDialog } from "../src/parts/confirm_dialog";
import { NotACertificate, readCertificate } from "../src/parts/certificate";
import { changedFields, compareEdits } from "../src/parts/edit_conflict";
import { EventKind, EventKindsField } from "../src/parts/event_kind";
import { Facts } from "../src/parts/facts";
import { fingerprintGroups, sameFingerprint } from "../src/parts/fingerprint";
import { ProblemAlert } from "../src/parts/problem_alert";
import { TextField } from "../src/parts/text_field";
import { isAhead, relativeTime } from "../src/parts/when";
import { SignInForm } from "../src/shell/sign_in_form";

// Japanese is loaded here: what a test waits for is what it is about.
beforeAll(async () => {
  await startLanguages("en");
  await speak("ja");
  await speak("en");
});

const taken = new ProblemError({ type: "", title: "", status: 409, code: "name_taken", detail: "“North” is taken in Managed devices.", remedy: "Choose another name.", field: "name" });

describe("facts", () => {
  it("leave out what there is nothing to say of, with its name", () => {
    const past = new Date(Date.now() - 14_000).toISOString();
    expect([isAhead(past), isAhead(null), isAhead(new Date(Date.now() + 14_000).toISOString())]).toEqual([false, false, true]);
    render(<Facts items={[["Name", "hq"], ["Next attempt", isAhead(past) && past], ["Version", null], ["Round trip", ""]]} />);
    expect(screen.getAllByRole("term").map((each) => each.textContent)).toEqual(["Name"]);
  });
});

describe("a problem", () => {
  it("is told in the server's own words in English, and in Japanese with them below", async () => {
    const view = render(<ProblemAlert problem={taken} />);
    expect(screen.getByRole("alert").textContent).toContain("“North” is taken in Managed devices.");
    expect(screen.getByText("Choose another name.")).toBeTruthy();
    await speak("ja");
    view.rerender(<ProblemAlert problem={taken} />);
    expect(screen.getByRole("alert").textContent).toContain("この名前はすでに使われています。");
    expect(screen.getByText("“North” is taken in Managed devices.")).toBeTruthy();
    await speak("en");
  });

  it("of a field stands at the field, and a screen reader finds it there", () => {
    render(<TextField id="name" label="Name" value="North" onChange={() => {}} problem={taken} />);
    const input = screen.getByLabelText("Name");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(input.getAttribute("aria-describedby")!)?.textContent).toContain("Choose another name.");
  });

  it("of another field leaves it alone", () => {
    render(<TextField id="group" label="Group" value="" onChange={() => {}} problem={taken} />);
    expect(screen.getByLabelText("Group").getAttribute("aria-invalid")).toBe("false");
  });
});

describe("a confirmation", () => {
  it("stays and says what failed, and closes when it worked", async () => {
    const closed = vi.fn();
    const work = vi.fn().mockRejectedValueOnce(taken).mockResolvedValueOnce(undefined);
    render(
      <ConfirmDialog title="Remove?" confirm="Remove" onConfirm={work} onClose={closed}>
        It affects this.
      </ConfirmDialog>,
    );
    await userEvent.click(screen.getByRole("button", { name: "Remove" }));
    expect(await screen.findByText(/is taken in/)).toBeTruthy();
    expect(closed).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Remove" }));
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  });
});

describe("signing in", () => {
  it("asks for the code only when the account has a second factor, and keeps what was typed", async () => {
    const sent: unknown[] = [];
    const answers = [
      new Response(JSON.stringify({ type: "", title: "", status: 403, code: "two_factor_required", detail: "A code is needed.", remedy: "" }), { status: 403, headers: { "content-type": "application/problem+json" } }),
      new Response(JSON.stringify({ id: "s", token: "t", csrf_token: "c", expires_at: "", account: { id: "a", name: "olga" } }), { status: 201, headers: { "content-type": "application/json" } }),
    ];
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      sent.push(JSON.parse(init.body as string));
      return answers.shift()!;
    });
    const done = vi.fn();
    render(
      <QueryClientProvider client={new QueryClient()}>
        <SignInForm onDone={done} />
      </QueryClientProvider>,
    );
    expect(screen.queryByLabelText(/Code/)).toBeNull();
    await userEvent.type(screen.getByLabelText(/User/), "olga");
    await userEvent.type(screen.getByLabelText(/Password/), "correct horse");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await userEvent.type(await screen.findByLabelText(/Code/), "287082");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
    expect(sent[1]).toMatchObject({ user: "olga", password: "correct horse", code: "287082" });
    expect(session.value.phase).toBe("signed_in");
  });
});

describe("two edits of one record", () => {
  const original = { name: "a", group: "g", address: "x" };

  it("take over what only the other changed and leave the rest to a person", () => {
    const theirs = { name: "b", group: "h", address: "x" };
    const mine = { name: "c", group: "g", address: "y" };
    expect(compareEdits(original, theirs, mine)).toEqual({ merged: { name: "c", group: "h", address: "y" }, conflicts: ["name"], adopted: ["group"] });
  });

  it("that say the same are no conflict", () => {
    expect(compareEdits(original, { ...original, name: "b" }, { ...original, name: "b" }).conflicts).toEqual([]);
    expect(changedFields(original, { ...original, address: "z" })).toEqual({ address: "z" });
  });
});

describe("kinds of events", () => {
  it("have a name in each language; one that is not known here stays as the server says it", async () => {
    const view = render(<EventKind kind="link_refused" />);
    expect(screen.getByText("Link refused").getAttribute("title")).toBe("link_refused");
    await speak("ja");
    view.rerender(<EventKind kind="link_refused" />);
    expect(screen.getByText("リンクの拒否")).toBeTruthy();
    view.rerender(<EventKind kind="of_another_version" />);
    expect(screen.getByText("of_another_version").tagName).toBe("CODE");
    await speak("en");
  });

  it("are picked by name and added to those that are typed; each is offered once, and none that makes no sense", async () => {
    const changed = vi.fn();
    render(<EventKindsField id="kinds" label="Kinds" value=" link_refused  of_another_version" onChange={changed} hint="" without={(kind) => kind.startsWith("task_")} problem={null} field="kinds" />);
    const picks = screen.getByLabelText("Add a kind…");
    expect(screen.queryByRole("option", { name: "Link refused" })).toBeNull();
    expect(screen.queryByRole("option", { name: "Task failed" })).toBeNull();
    await userEvent.selectOptions(picks, "Link disconnected");
    expect(changed).toHaveBeenCalledExactlyOnceWith("link_refused of_another_version link_disconnected");
  });
});

describe("a certificate file", () => {
  const der = new Uint8Array(300).fill(7);
  der.set([0x30, 0x82, 0x01, 0x28]);

  it("has the same fingerprint as DER and as PEM", async () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${btoa(String.fromCharCode(...der))}\n-----END CERTIFICATE-----\n`;
    const one = await readCertificate("a.cer", der);
    const other = await readCertificate("a.pem", new TextEncoder().encode(pem) as Uint8Array<ArrayBuffer>);
    expect(other.fingerprint).toBe(one.fingerprint);
    expect(one.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it("that is something else is refused", async () => {
    await expect(readCertificate("letter.txt", new TextEncoder().encode("Dear administrator") as Uint8Array<ArrayBuffer>)).rejects.toBeInstanceOf(NotACertificate);
  });
});

describe("a fingerprint", () => {
  it("is shown in groups of four pairs, and compared whatever its writing", () => {
    expect(fingerprintGroups("AB:CD:EF:01:23")).toEqual(["AB:CD:EF:01", "23"]);
    expect(sameFingerprint("ab:cd", "ABCD")).toBe(true);
    expect(sameFingerprint("ab:cd", "ABCE")).toBe(false);
  });
});

describe("a time", () => {
  it("is told from now, in both languages", () => {
    const now = Date.parse("2026-11-25T12:00:00Z");
    expect(relativeTime(now - 3 * 60_000, now, "en")).toBe("3 minutes ago");
    expect(relativeTime(now + 2 * 3600_000, now, "ja")).toBe("2 時間後");
  });
});
