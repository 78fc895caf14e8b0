"""Makes of a wild document one that the server may carry out: small pages, and values by the names of what they are for.

What hypothesis makes is right by the schema and hopeless beyond it: no mutation is done whose title is `\\x00` and whose
identifier is a number. So half of the documents get words that mean something, and identifiers, versions, cursors and slugs
that earlier answers told; the other half keeps most of what is wild.
"""

import re
from dataclasses import replace

import graphql
from graphql import TypeInfo, TypeInfoVisitor, Visitor
from schemathesis.graphql import nodes

# Of each scalar some values, the first two of them right.
SCALARS = {
    "CountryCode": ["US", "DE", "ZZ", "us", ""],
    "Currency": ["USD", "EUR", "JPY", "KWD", "XXX", "usd"],
    "DateTime": [
        "2026-11-21T09:30:00Z",
        "2025-01-01T00:00:00+14:00",
        "1900-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999-23:59",
        "9999-12-31T23:59:59Z",
        "2016-12-31T23:59:60Z",
    ],
    "Decimal": ["50000", "120000.50", "0", "-1", "0.001", "9" * 38, "0" * 20 + ".1", "1" * 40],
    "EmailAddress": ["somebody@example.org", "seeker-1@example.org", "ä@ö.example", "@", "x" * 300 + "@example.org"],
    "JSON": ["{}", "[]"],
    "LocalDate": ["2026-11-21", "2025-01-01", "1900-01-01", "9999-12-31", "2024-02-29", "2025-02-29"],
    "Markdown": [
        "Words, *many* of them, that say what there is to do all day.",
        "A **second** text, as long as a description has to be.",
        "",
        "<script>alert(1)</script>",
        "\u202e" * 50,
        "x" * 20_001,
    ],
    "URL": ["https://example.org/", "http://example.org:8080/a?b#c", "http://[::1]:99999/", "javascript:alert(1)", "https://☃.example/%00"],
    "YearMonth": ["2026-11", "2025-01", "1900-01", "9999-12", "2026-13"],
}

# What arguments and fields of inputs are called, and what may be right for them.
WORDS = {
    "allSkills": ["rust", "sql"],
    "applyTarget": ["https://example.org/apply"],
    "city": ["New York", "Berlin"],
    "confirmation": ["ERASE", "erase"],
    "contentType": ["application/pdf"],
    "fileName": ["cv.pdf"],
    "industries": ["healthcare", "financial-services"],
    "industry": ["healthcare", "financial-services"],
    "language": ["en", "de-AT"],
    "languages": ["en", "de-AT"],
    "level": ["B2", "NATIVE"],
    "prefix": ["back", "n"],
    "regionCode": ["US-NY", "DE-BE"],
    "role": ["backend-developer", "registered-nurse"],
    "roles": ["backend-developer", "registered-nurse"],
    "search": ["developer", '"new york" nurs', "rust", "-", '"'],
    "skill": ["rust", "sql"],
    "skills": ["rust", "sql"],
    "targetRoles": ["backend-developer"],
    "title": ["Backend Developer", "Nurse"],
}
NUMBERS = {"first": (1, 3), "last": (1, 3), "level": (1, 5), "minLevel": (1, 5), "weight": (1, 10), "rating": (1, 5), "version": (1, 3)}
IDENTIFIER = re.compile(r"^([a-z]+)_[0-9a-z]{26}$")


class Seen:
    """What answers told, the newest of it."""

    MOST = 60

    def __init__(self):
        self.identifiers, self.versions, self.cursors, self.slugs = {}, {}, [], []

    def _keep(self, into, value):
        if value not in into:
            into.append(value)
            del into[: -self.MOST]

    def take(self, value, key=""):
        if isinstance(value, dict):
            if isinstance(value.get("id"), str) and isinstance(value.get("version"), int):
                self.versions[value["id"]] = value["version"]
            for key, below in value.items():
                self.take(below, key)
        elif isinstance(value, list):
            for below in value:
                self.take(below, key)
        elif isinstance(value, str):
            found = IDENTIFIER.match(value)
            if found:
                self._keep(self.identifiers.setdefault(found[1], []), value)
            elif key in ("cursor", "startCursor", "endCursor"):
                self._keep(self.cursors, value)
            elif key == "slug":
                self._keep(self.slugs, value)

    def identifier(self, hints, dice):
        """One of the kind that the innermost name speaks of, or any."""
        for hint in hints:
            for kind, known in self.identifiers.items():
                if kind in hint.lower():
                    return dice.choice(known)
        everything = [one for known in self.identifiers.values() for one in known]
        return dice.choice(everything) if everything else "posting_01jq0000000000000000000000"


class Sensible(Visitor):
    def __init__(self, types, dice, seen):
        super().__init__()
        self.types, self.dice, self.seen = types, dice, seen
        self.wild = dice.random() < 0.5
        # How often a value stays what it is.
        self.stays = 0.7 if self.wild else 0.03
        self.names = []

    def _chance(self, of):
        return self.dice.random() < of

    def _kind(self):
        return graphql.get_named_type(self.types.get_input_type())

    def _identifier(self):
        return nodes.String(self.seen.identifier(self.names[::-1], self.dice))

    def enter_field(self, node, *_):
        self.names.append(node.name.value)
        given = {argument.name.value for argument in node.arguments}
        if not {"first", "last"} <= given or self._chance(0.1):
            return None
        # Both are refused, and so is nearly every cursor.
        drop = {"last" if self._chance(0.7) else "first"}
        drop |= {name for name in ("after", "before") if self._chance(0.8)}
        return replace(node, arguments=tuple(argument for argument in node.arguments if argument.name.value not in drop))

    def leave_field(self, *_):
        self.names.pop()

    def enter_argument(self, node, *_):
        self.names.append(node.name.value)

    def leave_argument(self, *_):
        self.names.pop()

    def enter_object_field(self, node, *_):
        self.names.append(node.name.value)

    def leave_object_field(self, *_):
        self.names.pop()

    def enter_object_value(self, node, *_):
        kind = self._kind()
        if self.wild or not isinstance(kind, graphql.GraphQLInputObjectType):
            return None

        def stays(field):
            known = kind.fields.get(field.name.value)
            return known is None or graphql.is_required_input_field(known) or kind.is_one_of or self._chance(0.4)

        # The fewer things are said, the fewer are wrong.
        return replace(node, fields=tuple(field for field in node.fields if stays(field)))

    def enter_list_value(self, node, *_):
        return None if self.wild else replace(node, values=node.values[:2])

    def enter_string_value(self, *_):
        kind, name = self._kind(), self.names[-1] if self.names else ""
        if kind is None or self._chance(self.stays):
            return None
        if kind.name == "ID":
            return self._identifier()
        if kind.name in SCALARS:
            return nodes.String(SCALARS[kind.name][self.dice.randrange(2)])
        if name in ("after", "before") and self.seen.cursors:
            return nodes.String(self.dice.choice(self.seen.cursors))
        if name == "slug" and self.seen.slugs:
            return nodes.String(self.dice.choice(self.seen.slugs))
        return nodes.String(self.dice.choice(WORDS.get(name, ["Some words"])))

    def enter_int_value(self, *_):
        kind, name = self._kind(), self.names[-1] if self.names else ""
        if kind is None or self._chance(0.1 if name in ("first", "last") else self.stays):
            return None
        if kind.name == "ID":
            return self._identifier()
        if name == "version" and self.seen.versions:
            return nodes.Int(self.dice.choice(list(self.seen.versions.values())))
        return nodes.Int(self.dice.randint(*NUMBERS.get(name, (1, 40))))

    def leave_object_value(self, node, *_):
        """The version of the object that is named beside it."""
        named = {field.name.value: field.value for field in node.fields}
        known = self.seen.versions.get(getattr(named.get("id"), "value", None))
        if known is None or "version" not in named or self._chance(self.stays):
            return None
        return replace(node, fields=tuple(
            replace(field, value=nodes.Int(known)) if field.name.value == "version" else field for field in node.fields))

    def enter_selection_set(self, node, *_):
        parent = self.types.get_parent_type()
        known = {field.name.value for field in node.selections if isinstance(field, graphql.FieldNode)}
        wanted = []
        if isinstance(parent, (graphql.GraphQLInterfaceType, graphql.GraphQLUnionType)):
            # Whoever judges the answer has to know of which type an object is.
            wanted.append("__typename")
        if isinstance(parent, graphql.GraphQLObjectType) and {"id", "version"} <= set(parent.fields):
            wanted += ["id", "version"]
        if isinstance(parent, graphql.GraphQLObjectType) and "userErrors" in parent.fields and "userErrors" not in known:
            wanted.append("userErrors")
        more = tuple(_field(name) for name in wanted if name not in known)
        return replace(node, selections=(*more, *node.selections)) if more else None


def _field(name):
    below = graphql.SelectionSetNode(selections=(_field("__typename"), _field("code"), _field("path"))) if name == "userErrors" else None
    return graphql.FieldNode(name=graphql.NameNode(value=name), arguments=(), directives=(), selection_set=below)


def made_sensible(document, schema, dice, seen):
    types = TypeInfo(schema)
    return graphql.visit(document, TypeInfoVisitor(types, Sensible(types, dice, seen)))
