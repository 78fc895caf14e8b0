"""Which role each known job title belongs to.

A title is claimed by roles with a rank: the hand list, the occupation's own title, titles that
workers reported, other known titles, then ESCO. It becomes an alias only when one role clearly has
the best claim; a title shared without a clear owner is no alias at all.
"""

import re
from collections import defaultdict

from . import titles

HAND, OWN, PART, REPORTED, OTHER, ESCO = range(6)
MOST_PER_ROLE = 80
# A better rank wins only over a few others; a title that very many occupations use says nothing.
MOST_RIVALS = 3

# Words that name a rank or a shape of work, and no occupation by themselves.
VAGUE = set(
    "manager analyst specialist technician assistant director supervisor officer operator worker coordinator consultant "
    "engineer clerk agent inspector representative administrator helper attendant instructor aide associate lead trainer "
    "planner designer expert advisor adviser leader member team crew foreman owner president chief head executive "
    "program project department division branch section office unit senior junior shift general staff service services "
    "support operations quality production business management technical field site area district regional national "
    "system systems product process resource data research special professional laborer handler tender setter "
    "examiner reviewer checker tester monitor controller scientist therapist counselor researcher investigator "
    "and of the for in to a student intern trainee apprentice temporary seasonal account customer client sales "
    "proprietor partner founder board commissioner commander captain mate hand journeyman master dean chair chairman fellow "
    "instructor professor lecturer mechanic repairer installer builder maker driver artist performer writer buyer seller vendor "
    "server host runner messenger guide coach scout judge model caller reader loader packer picker sorter cutter grader".split()
)

# Titles the sources file under an occupation where nobody would look for them; only the hand list may claim these.
REFUSED = set(
    "wide area network engineer|cisco certified internetwork expert|cisco certified network professional|certified novell "
    "engineer|edp system engineer|publishing systems analyst|internet consultant|devops architect|software engineering "
    "systems information technology specialist|enterprise systems engineer|computer systems engineer|computer specialist|"
    "transportation specialist|transportation assistant|health assistant|health technician|health manager|relations "
    "specialist|trade specialist|enforcement officer|security assistant|quality assurance specialist|quality specialist|"
    "advanced practice nurse|park worker|grants management specialist|grants manager|physical science technician|"
    "systems specialist|science technician|program specialist|administrative specialist|transportation systems specialist|"
    "operations analyst|safety specialist|environmental specialist|management specialist|law enforcement specialist|back end software engineer|media assistant|service specialist|protective service specialist".split("|")
)


class Claims:
    """Collects claims, then settles them."""

    def __init__(self):
        self._by_key = defaultdict(dict)
        self._written = {}

    def add(self, role, title, rank):
        """`role` is a slug; the first spelling seen at the best rank is the one kept."""
        for spelling in spellings(title):
            key = titles.key(spelling)
            if not key or (rank > OWN and (vague(spelling) or refused(spelling))):
                continue
            held = self._by_key[key]
            if role not in held or rank < held[role]:
                held[role] = rank
                self._written[key, role] = spelling

    def owner(self, key, roles):
        held = self._by_key.get(key)
        if not held:
            return None
        best = min(held.values())
        first = [role for role, rank in held.items() if rank == best]
        if best > PART and len(held) - 1 > MOST_RIVALS:
            return None
        return first[0] if len(first) == 1 else closest(key, first, roles)

    def settle(self, roles):
        """slug -> aliases, best rank first, without the role's own title."""
        found = defaultdict(list)
        for key in self._by_key:
            if role := self.owner(key, roles):
                found[role].append((self._by_key[key][role], key))
        settled = {}
        for role, entries in found.items():
            own = titles.key(roles[role]["title"])
            # Within a rank the shorter title first: it is the one people write.
            entries.sort(key=lambda e: (e[0], len(e[1]) if e[0] > HAND else 0, e[1] if e[0] > HAND else ""))
            settled[role] = [self._written[key, role] for _, key in entries if key != own][:MOST_PER_ROLE]
        return settled


def closest(key, candidates, roles):
    """Among equal claims: the occupation over its own specialities, else the one whose title shares most words."""
    socs = {roles[slug]["soc"][:7] for slug in candidates}
    if len(socs) == 1:
        plain = [slug for slug in candidates if roles[slug]["soc"].endswith(".00") and not roles[slug].get("parent")]
        if len(plain) == 1:
            return plain[0]
    scored = sorted(((shared(key, roles[slug]["title"]), slug) for slug in candidates), reverse=True)
    return scored[0][1] if scored[0][0] > max(0.5, scored[1][0]) else None


def shared(key, title):
    """The share of a title's words that stand in the key."""
    own = [w for w in titles.words(title) if len(w) > 3]
    return sum(w in key for w in own) / max(1, len(own))


def spellings(title):
    """`CEO (Chief Executive Officer)` is two titles."""
    match = re.fullmatch(r"(.+?) \(([^()]+)\)", title.strip())
    if not match:
        return [title.strip()]
    outer, inner = match.group(1), match.group(2)
    return [outer, inner] if outer.isupper() or inner.isupper() else [outer]


def refused(title):
    return title.lower() in REFUSED


def vague(title):
    """True for titles too general, too short or too long to decide anything."""
    parts = titles.words(title)
    stems = {titles.singular(w) for w in VAGUE}
    short = len(parts) == 1 and (len(parts[0]) < 5 or title.isupper())
    return short or len(parts) > 7 or all(w in stems for w in parts)
