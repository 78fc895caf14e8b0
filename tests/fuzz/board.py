"""A small board for the requests to meet: an employer of the administrator with postings, and people who apply there.

    board.py <url> <e-mail address> <password>
"""

import sys

import requests

URL, EMAIL, PASSWORD = sys.argv[1:]


def act(token, name, given, selection):
    kind = name[0].upper() + name[1:] + "Input"
    query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} userErrors {{ message path }} }} }}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.post(URL, json={"query": query, "variables": {"input": given}}, headers=headers, timeout=30).json()
    payload = answer["data"][name]
    assert payload["userErrors"] == [], payload
    return payload


def sign_in(email, password):
    return act(None, "sessionCreate", {"email": email, "password": password}, "session { accessToken }")["session"]["accessToken"]


def published(token, employer, number):
    draft = act(token, "postingCreate", {
        "employerId": employer,
        "title": ["Backend Developer", "Registered Nurse", "Accountant"][number % 3],
        "description": "You write the services behind the board, and keep them running.",
        "workplace": ["ONSITE", "HYBRID", "ONSITE"][number % 3],
        "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}],
        "pay": {"min": str(50_000 + 1_000 * number), "currency": "USD", "period": "YEAR"},
        "skillRequirements": [{"skill": "rust", "importance": "REQUIRED"}],
        "openings": 1 + number,
    }, "posting { id version }")["posting"]
    act(token, "postingPublish", draft, "posting { status }")
    return draft["id"]


administrator = sign_in(EMAIL, PASSWORD)
employer = act(administrator, "employerCreate", {"name": "Analytical Engines"}, "employer { id }")["employer"]["id"]
act(administrator, "employerVerify", {"id": employer, "isVerified": True}, "employer { id }")
postings = [published(administrator, employer, number) for number in range(12)]
for number in range(3):
    email, password = f"seeker-{number}@example.org", f"a pass phrase of {number} words"
    seeker = act(None, "accountRegister", {"email": email, "password": password, "name": f"Seeker {number}"}, "session { accessToken }")
    token = seeker["session"]["accessToken"]
    act(token, "candidateUpdate", {"headline": "Somebody", "searchStatus": "ACTIVE", "visibility": "EMPLOYERS", "remote": True,
                                   "targetRoles": ["backend-developer"], "skills": [{"skill": "rust", "level": 4}]}, "candidate { id }")
    for posting in postings[:6]:
        act(token, "applicationSubmit", {"postingId": posting}, "application { id }")
act(administrator, "candidateUpdate", {"headline": "Whoever keeps the board", "searchStatus": "OPEN"}, "candidate { id }")
