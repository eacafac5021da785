"""spec/openapi.yaml as a judge: every answer that any system test gets is held against it."""

import functools
import re

import jsonschema
import yaml

from .project import ROOT

METHODS = ("get", "post", "put", "patch", "delete")
# "Any route may also answer" these, says the head of the document.
EVERYWHERE = {"400", "404", "405", "500"}


@functools.cache
def document() -> dict:
    return yaml.safe_load((ROOT / "spec/openapi.yaml").read_text())


@functools.cache
def operations() -> list[tuple[str, str, re.Pattern]]:
    """Each operation as (METHOD, path template, pattern of its paths), the most literal templates first."""
    found = []
    for template, item in document()["paths"].items():
        pattern = re.sub(r"\\{rest\\}", ".+", re.escape(template))
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", pattern) + r"(\?.*)?$")
        found += [(method.upper(), template, pattern) for method in METHODS if method in item]
    return sorted(found, key=lambda each: each[1].count("{"))


def operation_of(method: str, path: str) -> str | None:
    """The template of this request's path; None when the spec knows no such path or method."""
    return next((template for known, template, pattern in operations() if known == method and pattern.match(path)), None)


def resolved(node: dict) -> dict:
    while "$ref" in node:
        target = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def validate(body, schema: dict) -> None:
    resolver = jsonschema.RefResolver("", document())
    jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=jsonschema.FormatChecker()).validate(body)


PROBLEM = {"$ref": "#/components/schemas/Problem"}


def check(method: str, path: str, answer) -> str | None:
    """Holds `answer` (api.Answer) against the spec; returns the template of its operation, or None when the spec knows none."""
    template = operation_of(method, path)
    if template is None:
        assert answer.status in (400, 401, 404, 405, 414, 431), f"{method} {path} is not in the spec and answered {answer.status}"
        return None
    if template.endswith("{rest}"):  # whatever the lower server answers, held against that operation
        check(method, "/api/v1/" + path.split("/relay/", 1)[1], answer)
        return template
    responses = document()["paths"][template][method.lower()]["responses"]
    status = str(answer.status)
    kind = (answer.headers.get("content-type") or "").split(";")[0]
    if status not in responses:
        relayed = "x-daikan-through" in answer.headers or status in ("502", "503")
        assert status in EVERYWHERE or relayed, f"{method} {template} answered {status}, which the spec does not know: {answer.body}"
        validate(answer.body, PROBLEM)
        return template
    content = resolved(responses[status]).get("content", {})
    if not content:
        assert answer.body in ("", None), f"{method} {template} {status} has a body: {answer.body!r}"
        return template
    assert kind in content, f"{method} {template} {status} has the type {kind}, not {list(content)}"
    if "json" in kind and "ndjson" not in kind:
        try:
            validate(answer.body, content[kind]["schema"])
        except jsonschema.ValidationError as error:
            raise AssertionError(f"{method} {template} {status}: {error.message} at {list(error.absolute_path)}") from error
    return template
