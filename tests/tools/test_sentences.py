"""tools/check_sentences.py finds sentences without Japanese, Japanese without a sentence, and values that do not fit; and the real catalogue is whole."""

import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_sentences  # noqa: E402
import server_sentences  # noqa: E402


@pytest.fixture
def tree(tmp_path):
    """tree.source("src/server/a.cpp", text) and tree.catalogue("server", {english: japanese}); tree.wrong() is what the checker says."""

    class Tree:
        def source(self, name: str, text: str) -> None:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

        def catalogue(self, name: str, entries: dict[str, str]) -> None:
            self.source(f"{check_sentences.CATALOGUE}/{name}.json", json.dumps(entries))

        def wrong(self) -> list[str]:
            return check_sentences.check(tmp_path)

    return Tree()


def test_a_sentence_with_its_japanese_passes(tree):
    tree.source("src/server/a.cpp", 'f("The group “{}” was added by {}.", a, b);\n')
    tree.catalogue("server", {"The group “{}” was added by {}.": "{1} が「{0}」を追加しました。"})
    assert tree.wrong() == []


def test_a_sentence_without_japanese_is_named_with_file_line_and_place(tree):
    tree.source("src/server/a.cpp", '\n  return fail(Code::conflict, "There is one already.", "Choose another.");\n')
    assert tree.wrong() == [
        "src/server/a.cpp:2: “There is one already.” has no Japanese; add it to web/src/i18n/ja/server_sentences/server.json",
        "src/server/a.cpp:2: “Choose another.” has no Japanese; add it to web/src/i18n/ja/server_sentences/server.json",
    ]


def test_adjacent_literals_are_one_also_across_lines_and_comments(tree):
    tree.source("src/link/a.cpp", '"The link to {} "  // the peer\n    "is \\"closed\\"."\n')
    tree.catalogue("link", {'The link to {} is "closed".': "{0} とのリンクは閉じています。"})
    assert tree.wrong() == []


def test_what_goes_on_with_a_value_has_a_place_there(tree):
    tree.source("src/server/a.cpp", '"It cannot be read: " + why;\n" More of it is left out."\n')
    tree.catalogue("server", {"It cannot be read: {}": "読み取れません: {0}", "More of it is left out.": "残りは省略しました。"})
    assert tree.wrong() == []


def test_an_entry_whose_sentence_is_gone_is_found_but_not_where_no_literal_has_it(tree):
    tree.source("src/server/a.cpp", "int a;\n")
    tree.catalogue("composed", {"{}: connection refused.": "{0}: 接続が拒否されました。"})
    assert tree.wrong() == []
    tree.catalogue("server", {"It was so once.": "以前はそうでした。"})
    (wrong,) = tree.wrong()
    assert "“It was so once.” stands in no source any more" in wrong


@pytest.mark.parametrize("japanese, what", [("{0}です。", "leaves out {1}"), ("{0}と{1}と{2}です。", "takes {2}, which the English does not have")])
def test_places_that_do_not_match_are_found(tree, japanese, what):
    tree.source("src/server/a.cpp", '"It is {} and {}."\n')
    tree.catalogue("server", {"It is {} and {}.": japanese})
    (wrong,) = tree.wrong()
    assert what in wrong


def test_the_ending_of_a_plural_may_be_left_out(tree):
    tree.source("src/server/a.cpp", '"Try again in {} second{}."\n')
    tree.catalogue("server", {"Try again in {} second{}.": "{0} 秒後にもう一度お試しください。"})
    assert tree.wrong() == []


def test_numbered_and_formatted_places_are_the_values_they_name(tree):
    tree.source("src/server/a.cpp", '"Ask {1} about {0}, {0} times.";\n"It took {:.1f} s in {}."\n')
    tree.catalogue("server", {"Ask {1} about {0}, {0} times.": "{1} に {0} を", "It took {:.1f} s in {}.": "{1} で {0} 秒"})
    assert tree.wrong() == []


def test_one_sentence_stands_in_one_file(tree):
    tree.source("src/server/a.cpp", '"Try again."\n')
    tree.catalogue("server", {"Try again.": "もう一度。"})
    tree.catalogue("net", {"Try again.": "もう一度。"})
    (wrong,) = tree.wrong()
    assert "stands in net.json as well" in wrong


@pytest.mark.parametrize("source", ['spdlog::info("The link is up.");', 'log_->warn("The link is up.");', '// "The link is up."', '"done."', '"no sentence"', 'R"(A raw text is a file.)"'])
def test_what_nobody_reads_in_the_console_needs_none(tree, source):
    tree.source("src/server/a.cpp", source + "\n")
    assert tree.wrong() == []


def test_a_room_that_is_not_covered_needs_none_and_every_room_is_one_or_the_other(tree):
    tree.source("src/cli/a.cpp", '"The server answered nothing."\n')
    assert tree.wrong() == []
    rooms = {path.name for path in (check_sentences.cpp_text.ROOT / "src").iterdir() if path.is_dir()}
    assert rooms == set(server_sentences.COVERED) | set(server_sentences.NOT_COVERED)


def test_every_file_that_is_left_out_exists():
    missing = [name for name in server_sentences.ELSEWHERE if not (check_sentences.cpp_text.ROOT / "src" / name).is_file()]
    assert not missing


def test_a_kind_of_events_needs_a_name_and_its_line_in_the_document(tree, tmp_path):
    tree.source(check_sentences.KINDS, json.dumps({"link_refused": "Link refused", "task_failed": "Task failed"}))
    tree.source(check_sentences.KINDS_DOCUMENT, "| links | `link_refused` |\n")
    tree.source("src/link/a.cpp", 'out.push({Severity::info, "link_refused", text});\n\nHistory::record(t, {.severity = Severity::info,\n  .kind = "link_new",\n});\n')
    tree.source("src/server/b.cpp", 'operation = {.kind = "join", .id = id};\nevent.kind = "clock_new";\nkind = "policy_" + past;\n')
    assert [each.split(":", 2)[:2] + [each.split("“")[1].split("”")[0]] for each in check_sentences.check_kinds(tmp_path)] == [
        ["docs/operations.md", " the kind of events “task_failed” is not in it", "task_failed"],
        ["src/link/a.cpp", "4", "link_new"],
        ["src/server/b.cpp", "2", "clock_new"],
    ]


def test_every_kind_of_this_tree_has_its_name():
    assert check_sentences.check_kinds(check_sentences.cpp_text.ROOT) == []
