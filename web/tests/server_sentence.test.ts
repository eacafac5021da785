// What servers write, told in Japanese: found by its template, with its values, and never by guessing.
import { describe, expect, it } from "vitest";
import { bookOf, templateOf } from "../src/i18n/server_sentence";
import { book, catalogue } from "../src/i18n/ja/server_sentences";

/** A template with values put in that no template knows. */
function filled(english: string, told: string): { english: string; told: string } {
  const { literals, slots } = templateOf(english, told);
  const value = (slot: number) => `Ω${slot}`;
  return {
    english: literals.map((literal, at) => literal + (at < slots.length ? value(slots[at]!) : "")).join(""),
    told: told.replace(/\{(\d+)~?\}/g, (_, slot: string) => value(Number(slot))),
  };
}

describe("the catalogue", () => {
  it("tells every sentence, with its values, as itself", () => {
    for (const [english, told] of Object.entries(catalogue.sentences)) {
      const sample = filled(english, told);
      expect(book.sentence(sample.english), english).toBe(sample.told);
    }
  });

  it("tells every phrase, with its values, as itself", () => {
    for (const [english, told] of Object.entries(catalogue.phrases)) {
      const sample = filled(english, told);
      expect(book.phrase(sample.english), english).toBe(sample.told);
    }
  });

  it("is Japanese", () => {
    const kKana = /[\u3040-\u30ff\u4e00-\u9fff]/;
    for (const [english, told] of Object.entries(catalogue.sentences)) expect(told, english).toMatch(kKana);
  });

  it("quotes as Japanese does", () => {
    for (const told of [...Object.values(catalogue.sentences), ...Object.values(catalogue.phrases)]) expect(told).not.toMatch(/[“”]/);
  });
});

describe("what servers write", () => {
  it.each([
    ["The group “北/Store 1” was added by olga.", "olga が管理グループ「北/Store 1」を追加しました。"],
    ["“admin” from 127.0.0.1 logged in (a client without a name).", "「admin」(127.0.0.1 から)がサインインしました (名前のないクライアント)。"],
    ["“admin” from 127.0.0.1 logged in (browser).", "「admin」(127.0.0.1 から)がサインインしました (browser)。"],
    ["The role “reader” was created by olga.", "olga がロール「reader」を作成しました。"],
    ["The secondary Administration Server “b” was changed by olga: name: c, address: none.", "olga がセカンダリ管理サーバー「b」を変更しました: 名前: c、アドレス: なし。"],
    ["Try again in 1 second.", "1 秒後にもう一度お試しください。"],
    ["Try again in 12 seconds.", "12 秒後にもう一度お試しください。"],
  ])("%s", (english, told) => expect(book.sentence(english)).toBe(told));

  it("has the reason inside a message told as well", () => {
    expect(book.sentence("The link to the secondary “branch” is disconnected: 10.0.0.7:13000: the other side ended the connection. It is made again by itself.")).toBe(
      "セカンダリ「branch」とのリンクが切断されました。10.0.0.7:13000: 相手側が接続を終了しました。自動的に接続し直します。",
    );
  });

  it("has what another server said told behind its address, and left alone where it is not known", () => {
    expect(book.sentence("branch1:13291: The user name or the password is wrong.")).toBe("branch1:13291: ユーザー名またはパスワードが正しくありません。");
    expect(book.sentence("branch1:13291: Something that nobody ever wrote.")).toBeNull();
  });

  it("keeps a reason that is not known inside a message that is", () => {
    expect(book.sentence("The link to the primary is refused: Something new. Do that.")).toBe("プライマリとのリンクが拒否されました。Something new. Do that.");
  });

  it("goes on behind a message", () => {
    expect(book.sentence("The link to the secondary “b” is refused: b:13000: connection refused. Is the server running, and is port 13000 open? This server tries again in 30 s.")).toBe(
      "セカンダリ「b」とのリンクが拒否されました。b:13000: 接続が拒否されました。サーバーが動作していて、ポート 13000 が開いていますか?このサーバーは 30 秒後にもう一度試します。",
    );
  });

  it("has the changes of a policy told one by one", () => {
    expect(book.sentence("A policy was edited by olga: “Strict” of the group “Managed devices” (0123): name: A → Strict, active, log.level: not set → debug (locked)")).toBe(
      "olga がポリシーを編集しました: 管理グループ「Managed devices」の「Strict」(0123): 名前: A → Strict、アクティブ、log.level: 未設定 → debug (ロック済み)",
    );
  });

  it("is told from its beginning, not from the longest piece in it", () => {
    expect(book.sentence("The task “Check of all links” failed: 1 of 2 links are not connected: “b”: b:13000: connection refused. daikan link check NAME tells more.")).toBe(
      "タスク「Check of all links」: 失敗。2 個のうち 1 個のリンクが接続されていません: 「b」: b:13000: 接続が拒否されました。daikan link check NAME で詳細を確認できます。",
    );
  });

  it("keeps the value of a setting, also where it is a word", () => {
    expect(book.phrase("log.level: not set → warning (locked), log.level: info → error")).toBe("log.level: 未設定 → warning (ロック済み)、log.level: info → error");
  });

  it("leaves names alone, whatever they say", () => {
    expect(book.sentence("The group “An earlier step failed.” was removed by it was ended.")).toBe("it was ended が管理グループ「An earlier step failed.」を削除しました。");
    expect(book.sentence("The group “removed” was removed by removed.")).toBe("removed が管理グループ「removed」を削除しました。");
  });

  it("is left as it is where one sentence is not known", () => {
    expect(book.sentence("A server of the year 2030 says this.")).toBeNull();
    expect(book.sentence("The invitation has expired. A server of the year 2030 says this.")).toBeNull();
    expect(book.sentence("")).toBeNull();
  });

  it("of an audit record is a phrase", () => {
    expect(book.phrase("token ci (0123), read,relay")).toBe("トークン「ci」(0123、権限: read,relay)");
    expect(book.phrase("2 subgroup(s): “a”, “b”; 1 secondary Administration Server(s): “c”")).toBe("サブグループ 2 個: 「a」、「b」; 1 個のセカンダリ管理サーバー: 「c」");
    expect(book.phrase("whatever this is")).toBeNull();
  });
});

describe("a book", () => {
  const small = bookOf({
    sentences: { "{}: {} is away.": "{0}: {1} は不在です。", "a: {} is away.": "a の {0} は不在です。", "{0} twice {0}.": "{0} 2 回。", "It said {}": "発言: {0}", "{{}} is empty.": "{} は空です。" },
    phrases: { away: "不在" },
  });

  it("takes the template with the most literal text", () => {
    expect(small.sentence("b: c is away.")).toBe("b: c は不在です。");
    expect(small.sentence("a: c is away.")).toBe("a の c は不在です。");
  });

  it("wants the same value in the same place twice", () => {
    expect(small.sentence("x twice x.")).toBe("x 2 回。");
    expect(small.sentence("x twice y.")).toBeNull();
  });

  it("knows braces of fmt", () => expect(small.sentence("{} is empty.")).toBe("{} は空です。"));

  it("stops at a depth", () => {
    expect(small.sentence("It said It said b: c is away.")).toBe("発言: 発言: b: c は不在です。");
    expect(small.sentence(`${"It said ".repeat(200)}b: c is away.`)).toMatch(/^(発言: )+(It said )+/);
  });

  it("reads no text without bound", () => expect(small.sentence(`It said ${"x".repeat(10_000)}`)).toBeNull());

  it("takes no words of a state for a name", () => expect(small.sentence("away twice away.")).toBe("away 2 回。"));
});
