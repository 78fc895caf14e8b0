"""What an answer has to be."""

import graphql

# What a client may be told; a failure of the server's own is not among it.
CODES = {
    "BAD_USER_INPUT",
    "COST_EXCEEDED",
    "CURSOR_MISMATCH",
    "FORBIDDEN",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "UNAUTHENTICATED",
}


def judge(schema, query, status, kind, answer):
    """Asserts that an answer keeps the contract, and gives what it came to: codes, or `data`."""
    assert status in (200, 400, 401), f"status {status}: {answer!r:.500}"
    assert "json" in kind, f"content type {kind}"
    assert isinstance(answer, dict) and set(answer) <= {"data", "errors", "extensions"}, f"an answer of {list(answer)}"
    errors, data = answer.get("errors", []), answer.get("data")
    assert errors or data is not None, "neither data nor errors"
    for error in errors:
        assert isinstance(error["message"], str) and error["message"], error
        assert error.get("extensions", {}).get("code") in CODES, error
    document = graphql.parse(query)
    faults = graphql.validate(schema, document)
    if faults:
        assert errors and "data" not in answer, f"a wrong document was carried out: {faults[0].message}"
    elif data is not None:
        _conforms(schema, document, data)
        _nothing_stands_at_errors(data, errors)
    return [error["extensions"]["code"] for error in errors] + (["data"] if data is not None else [])


def _conforms(schema, document, data):
    """The reference implementation, which is given the data for the objects behind the schema, completes them to the same."""

    def resolve(source, info, **_):
        return source[info.path.key]

    def type_of(source, *_):
        return source["__typename"]

    made = graphql.execute_sync(schema, document, root_value=data, field_resolver=resolve, type_resolver=type_of)
    assert not made.errors, f"data are not of the schema: {made.errors[0]}"
    assert made.data == data, "there are other data than were asked for"
    assert list(_keys(made.data)) == list(_keys(data)), "fields are in another order than they were asked for"


def _keys(value):
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from _keys(below)
    elif isinstance(value, list):
        for below in value:
            yield from _keys(below)


def _nothing_stands_at_errors(data, errors):
    for error in errors:
        below = data
        for step in error.get("path", []):
            below = below[step] if below is not None else None
        assert below is None, f"there is an error at {error.get('path')}, and a value too"
