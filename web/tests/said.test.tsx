// What a server wrote, on a page: in English as it is, in Japanese told with the original at hand, or marked as English.
import { render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, it } from "vitest";
import { bookIn, speak, startLanguages } from "../src/i18n";
import { ProblemError } from "../src/api/problem";
import { ProblemAlert } from "../src/parts/problem_alert";
import { Said } from "../src/parts/said";
import { TextField } from "../src/parts/text_field";

// Japanese is loaded here: what a test waits for is what it is about.
beforeAll(async () => {
  await startLanguages("en");
  await speak("ja");
  await speak("en");
});
afterEach(() => speak("en"));

const kAdded = "The group “North” was added by olga.";
const problem = (detail: string, remedy: string) => new ProblemError({ type: "", title: "", status: 409, code: "name_taken", detail, remedy, field: "name" });

it("is the server's own text in English, whose book is not even loaded", () => {
  render(<Said text={kAdded} />);
  const said = screen.getByText(kAdded);
  expect([said.lang, said.title]).toEqual(["", ""]);
  expect(bookIn("en")).toBeNull();
});

it("is told in Japanese, and keeps the original for the pointer", async () => {
  await speak("ja");
  render(<Said text={kAdded} />);
  const said = screen.getByText("olga が管理グループ「North」を追加しました。");
  expect([said.lang, said.title]).toEqual(["", kAdded]);
});

it("follows the language in place", async () => {
  const view = render(<Said text={kAdded} />);
  await speak("ja");
  view.rerender(<Said text={kAdded} />);
  expect(screen.getByText("olga が管理グループ「North」を追加しました。")).toBeTruthy();
});

it("is English, and says so, where the book does not have it", async () => {
  await speak("ja");
  render(<Said text="A server of 2030 says this." />);
  const said = screen.getByText("A server of 2030 says this.");
  expect([said.lang, said.title]).toEqual(["en", ""]);
});

it("of a problem stands below the sentence of its code, with the server's own remedy", async () => {
  await speak("ja");
  render(<ProblemAlert problem={problem("There is a role “reader” already.", "Choose another name, or edit that one.")} />);
  const told = screen.getByRole("alert").textContent;
  expect(told).toContain("この名前はすでに使われています。");
  expect(told).toContain("ロール「reader」はすでにあります。");
  expect(told).toContain("別の名前を指定するか、そのポリシーを編集してください。");
});

it("of a problem that nobody knows stands below in English, with the remedy of the code", async () => {
  await speak("ja");
  render(<ProblemAlert problem={problem("It is taken by 2030.", "Go there.")} />);
  expect(screen.getByText("It is taken by 2030.").lang).toBe("en");
  expect(screen.getByRole("alert").textContent).toContain("別の名前を指定してください。");
});

it("of a field stands at the field", async () => {
  await speak("ja");
  render(<TextField id="name" label="Name" value="x" onChange={() => {}} problem={problem("The group “x” exists already.", "Use it, or choose another name.")} />);
  const help = document.getElementById(screen.getByLabelText("Name").getAttribute("aria-describedby")!)?.textContent;
  expect(help).toContain("管理グループ「x」はすでにあります。");
  expect(help).toContain("そのグループを使用するか、別の名前を指定してください。");
});
