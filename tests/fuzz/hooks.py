"""What Schemathesis is told of this server; `tests/fuzz/run` runs it."""

import atexit
import collections
import json
import os
import random

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

import contract
import sensible

for name, values in sensible.SCALARS.items():
    schemathesis.graphql.scalar(name, (st.sampled_from(values) | st.text(max_size=40)).map(nodes.String))

SEEN = sensible.Seen()
TALLY = collections.Counter()
DONE = collections.Counter()


@schemathesis.hook
def flatmap_body(context, body):
    schema = context.operation.schema.client_schema
    seeds = st.integers(0, 2**32)
    return seeds.map(lambda seed: sensible.made_sensible(body, schema, random.Random(seed), SEEN))


# What is asked first, so that the first requests can name what there is.
LEARN = """{ roles(first: 20) { edges { cursor node { id slug } } } skills(first: 20) { edges { node { id slug } } }
    employers(first: 20) { edges { cursor node { id slug version } } }
    postings(first: 20) { edges { cursor node { id version role { id } places { id }
        applications(first: 2) { edges { node { id version candidate { id } } } } } } } }"""


class Administrator:
    """A session, made anew when the requests themselves have ended it."""

    def __init__(self):
        self.email, self.password = os.environ.get("ADMIN_EMAIL"), os.environ.get("ADMIN_PASSWORD")
        self.token = None

    def header(self, url):
        if self.email and self.token is None:
            query = """mutation($input: SessionCreateInput!) {
                sessionCreate(input: $input) { session { accessToken } userErrors { message } } }"""
            variables = {"input": {"email": self.email, "password": self.password}}
            answer = requests.post(url, json={"query": query, "variables": variables}, timeout=10).json()
            self.token = answer["data"]["sessionCreate"]["session"]["accessToken"]
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


ADMINISTRATOR = Administrator()


@schemathesis.hook
def before_call(context, case, kwargs):
    url = context.operation.schema.location
    case.headers = {**(case.headers or {}), **ADMINISTRATOR.header(url)}
    if not SEEN.identifiers:
        SEEN.take(requests.post(url, json={"query": LEARN}, headers=case.headers, timeout=10).json()["data"])


@schemathesis.check
def answer_keeps_the_contract(ctx, response, case):
    if response.status_code == 401:
        ADMINISTRATOR.token = None
    kind = response.headers.get("content-type", [""])[0]
    answer = json.loads(response.content)
    TALLY.update(contract.judge(case.operation.schema.client_schema, case.body, response.status_code, kind, answer))
    data = answer.get("data")
    SEEN.take(data)
    for payload in (data or {}).values():
        if isinstance(payload, dict) and payload.get("userErrors") == []:
            DONE[case.operation.label.removeprefix("Mutation.")] += 1


@atexit.register
def tell():
    if TALLY:
        print("answers:", ", ".join(f"{count} {what}" for what, count in sorted(TALLY.items())))
        print(f"mutations done: {DONE.total()} of {len(DONE)} kinds:", ", ".join(f"{count} {what}" for what, count in sorted(DONE.items())))
