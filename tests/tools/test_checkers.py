"""The checkers of tools/ fail on what they exist to find, and only on that."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_coroutines  # noqa: E402
import check_layers  # noqa: E402
import check_sizes  # noqa: E402
import cpp_text  # noqa: E402


@pytest.fixture
def tree(tmp_path):
    """A little project: tree("src/net/a.cpp", text) writes a file; tree.root is its folder."""

    def write(name: str, text: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    write("src/layers.txt", "base:\nnet: base\nserver: net base\n")
    write.root = tmp_path
    return write


# layers

def test_an_allowed_include_passes(tree):
    tree("src/server/a.cpp", '#include "net/http.h"\n#include <vector>\n#include "server/a.h"\n')
    assert check_layers.check(tree.root) == []


def test_an_include_upwards_is_named_with_file_and_line(tree):
    tree("src/net/a.cpp", '#include "net/a.h"\n#include "server/a.h"\n')
    (wrong,) = check_layers.check(tree.root)
    assert wrong.startswith("src/net/a.cpp:2: net may not include \"server/a.h\"")


def test_a_third_party_header_outside_its_room_is_found(tree):
    tree("src/server/a.cpp", "#include <openssl/ssl.h>\n")
    (wrong,) = check_layers.check(tree.root)
    assert "<openssl/ssl.h> does not belong in server/a.cpp" in wrong


def test_a_third_party_header_may_belong_to_a_single_file(tree):
    tree("src/base/toml_text.cpp", "#include <toml++/toml.h>\n")
    tree("src/base/text.cpp", "#include <toml++/toml.h>\n")
    (wrong,) = check_layers.check(tree.root)
    assert wrong.startswith("src/base/text.cpp:1:")


def test_a_detail_of_another_room_is_found(tree):
    tree("src/server/a.cpp", '#include "net/detail/h2_session.h"\n')
    (wrong,) = check_layers.check(tree.root)
    assert "is a detail of net" in wrong


def test_a_room_missing_from_layers_is_found(tree):
    tree("src/drawer/a.cpp", "int a;\n")
    assert "room drawer is not in src/layers.txt" in check_layers.check(tree.root)[0]


def test_a_cycle_in_layers_is_found(tree):
    tree("src/layers.txt", "base: net\nnet: base\n")
    with pytest.raises(SystemExit, match="not written above it"):
        check_layers.check(tree.root)


def test_an_executable_includes_only_its_own_room(tree):
    tree("src/layers.txt", "base:\nserver: base\ndaemon: server base\n")
    tree("apps/daikand/main.cpp", '#include "daemon/run.h"\n#include "server/groups.h"\n')
    (wrong,) = check_layers.check(tree.root)
    assert wrong.startswith("apps/daikand/main.cpp:2:")


# sizes

def function_of(lines: int, head: str = "int f(int a)") -> str:
    return f"{head} {{\n" + "  g();\n" * (lines - 2) + "}\n"


def test_a_function_at_its_budget_passes_and_one_line_more_does_not(tree):
    tree("src/base/a.cpp", function_of(60))
    assert check_sizes.check(tree.root, {}) == []
    tree("src/base/a.cpp", function_of(61))
    assert check_sizes.check(tree.root, {}) == ["src/base/a.cpp:1: f has 61 lines, more than 60"]


def test_a_member_function_behind_namespaces_and_an_initialiser_list_is_found(tree):
    body = "  g();\n" * 70
    tree("src/base/a.cpp", f"namespace daikan {{\nclass A {{\n public:\n  A(int b) : b_{{b}}, c_(1) {{\n{body}  }}\n int b_; }};\n}}\n")
    (wrong,) = check_sizes.check(tree.root, {})
    assert "a.cpp:4: A has" in wrong


def test_lambdas_count_in_the_function_that_holds_them(tree):
    tree("src/base/a.cpp", "void outer() {\n  auto l = [] {\n" + "  g();\n" * 60 + "  };\n}\n")
    (wrong,) = check_sizes.check(tree.root, {})
    assert "outer has 64 lines" in wrong


def test_braces_in_strings_and_comments_do_not_confuse(tree):
    tree("src/base/a.cpp", 'const char* a = "{{{"; // {\n/* { */ char b = \'{\'; int c = 1\'000;\nauto r = R"x({)x";\n' + function_of(61))
    (wrong,) = check_sizes.check(tree.root, {})
    assert wrong.startswith("src/base/a.cpp:4: f has 61")


def test_a_long_file_and_a_fifth_parameter_are_found(tree):
    tree("src/base/long.cpp", "int a;\n" * 401)
    tree("src/base/wide.cpp", "void f(int a, std::map<int, int> b, int c, int d) {\n}\nvoid g(int a, int b, int c, int d, int e) {\n}\n")
    wrong = check_sizes.check(tree.root, {})
    assert [line.split(": ")[0] for line in wrong] == ["src/base/long.cpp:1", "src/base/wide.cpp:3"]


def test_the_signature_of_a_c_librarys_callback_is_not_ours(tree):
    tree("src/base/a.cpp", "int on_header(Session* s, const Frame* f, Bytes n, Bytes v, Flags g, void* user) {\n}\n")
    assert check_sizes.check(tree.root, {}) == []
    tree("src/base/a.cpp", "int on_header(void* s, int f, int n, int v, int g) {\n}\n")
    assert len(check_sizes.check(tree.root, {})) == 1


def test_a_test_file_may_be_longer_but_not_endless(tree):
    tree("tests/unit/base/a.cpp", "int a;\n" * 800)
    assert check_sizes.check(tree.root, {}) == []
    tree("tests/unit/base/a.cpp", "int a;\n" * 801)
    assert len(check_sizes.check(tree.root, {})) == 1


def test_an_exception_excuses_and_must_be_needed(tree):
    tree("src/base/a.cpp", function_of(61))
    assert check_sizes.check(tree.root, {"src/base/a.cpp:f": "a table"}) == []
    assert "not needed any more" in check_sizes.check(tree.root, {"src/base/a.cpp:f": "a table", "src/base/b.cpp": "gone"})[0]


# coroutines

@pytest.mark.parametrize("code", [
    "auto t = [this] (int a) -> awaitable<> { co_await f(a); };",
    "spawn([&]() -> net::awaitable<Result<>> {\n co_return Result<>{};\n});",
    "spawn([x = std::move(y)]() mutable -> awaitable<> { if (x) { co_await g(); } });",
    "return [=]<class T>(T a) -> awaitable<> { co_await a; };",
])
def test_a_capturing_coroutine_lambda_is_found(code):
    assert len(check_coroutines.check_text(code)) == 1


@pytest.mark.parametrize("code", [
    "auto t = [] (std::shared_ptr<State> s) -> awaitable<> { co_await f(s); };",
    "auto t = [this] { return f(); };",
    "auto t = [this] { return [](int a) -> awaitable<> { co_await f(a); }(1); };",
    "awaitable<> run() { values[i]; co_await f(); int a[3] {}; co_return; }",
    "// [this]() { co_await f(); }\n",
    "[[nodiscard]] awaitable<> f() { co_return; }",
])
def test_what_is_no_capturing_coroutine_lambda_passes(code):
    assert check_coroutines.check_text(code) == []


def test_awaitable_operators_are_found():
    assert check_coroutines.check_text("#include <boost/asio/experimental/awaitable_operators.hpp>\n")[0][0] == 1


def test_blanking_keeps_every_line_where_it_is():
    text = 'a /* x\ny */ b "c{\\"" R"(\n{)" // d\n\'{\'\n'
    blanked = cpp_text.blank(text)
    assert blanked.count("\n") == text.count("\n") and len(blanked) == len(text) and "{" not in blanked
