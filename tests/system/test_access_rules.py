"""From where the console is reached, and how long passwords are."""

from support.server import USER


def test_a_list_that_locks_its_maker_out_is_refused_and_loopback_is_always_let_in(start, tmp_path):
    hq = start.server("hq")
    assert hq.api.get("/access_rules") == {"password_least": 8, "console_sources": []}
    cli = start.cli(hq)
    assert "10.0.0.0/8" in cli.ok("access", "set", "--from", "10.0.0.0/8,2001:db8::/32")  # from loopback: never locked out
    hq.restart()
    assert hq.api.get("/access_rules")["console_sources"] == ["10.0.0.0/8", "2001:db8::/32"]
    wrong = hq.api.call("PUT", "/access_rules", {"password_least": 8, "console_sources": ["10.0.0.1/8"]}).refused(422, "invalid_request")
    assert wrong["field"] == "console_sources" and "10.0.0.1/8" in wrong["detail"]
    assert "everywhere" in cli.ok("access", "set", "--from-anywhere")


def test_who_comes_from_elsewhere_is_refused_before_any_login(start, network):
    server_site, desk, elsewhere = (network.site(name) for name in ("hq", "desk", "elsewhere"))
    hq = start.server("hq", namespace=server_site.name, console=[f"{server_site.address}:13291", "127.0.0.1:13291"],
                      link=f"{server_site.address}:13000")
    cli = start.cli(hq, namespace=desk.name)
    said = cli.fails("access", "set", "--from", "10.1.0.0/16")
    assert "lock you out" in said and desk.address in said, said
    cli.ok("access", "set", "--from", f"{desk.address},fd77::/64")
    said = start.cli(name="elsewhere", namespace=elsewhere.name).fails(
        "login", f"https://{hq.console}", "--user", USER, "--password-file", cli.password_file, "--fingerprint", hq.fingerprint)
    assert f"lets nobody in from {elsewhere.address}" in said, said
    assert "10.77" in cli.ok("access", "show")
    start.cli(name="inside", namespace=server_site.name).log_in(hq, address="127.0.0.1:13291").ok("access", "set", "--from-anywhere")


def test_passwords_are_long_enough_not_the_name_and_not_the_commonest(start):
    hq = start.server("hq")
    hq.api.put("/access_rules", {"password_least": 12, "console_sources": []})

    def refused(password):
        problem = hq.api.call("POST", "/users", {"name": "ivan", "password": password}).refused(422, "invalid_request")
        assert problem["field"] == "password", problem
        return problem["detail"] + problem["remedy"]

    assert "at least 12" in refused("eleven char")
    assert "name" in refused("xxIVANxx2026")
    hq.api.put("/access_rules", {"password_least": 8, "console_sources": []})
    assert "commonest" in refused("Password123")
    assert [each["name"] for each in hq.api.get("/users")["items"]] == [USER]
    hq.api.post("/users", {"name": "ivan", "password": "vier eis"})


def test_manage_server_is_needed_to_change_the_access_rules(start):
    hq = start.server("hq")
    hq.api.post("/users", {"name": "ivan", "password": "vier eis", "assignments": [{"role": "operator"}]})
    ivan = hq.stranger.log_in("ivan", "vier eis")
    for answer in (ivan.call("GET", "/access_rules"), ivan.call("PUT", "/access_rules", {"password_least": 8, "console_sources": []})):
        problem = answer.refused(403, "permission_denied")
        assert "(manage_server)" in problem["detail"] and "the server “hq”" in problem["detail"], problem
