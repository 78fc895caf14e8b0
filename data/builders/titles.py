"""Turning the plural titles of O*NET into role titles, and comparing titles."""

import re
import unicodedata

# Titles the rules below would spell badly.
TITLES = {
    "29-1222.00": "Pathologist",
    "25-2031.00": "Secondary School Teacher",
    "25-2022.00": "Middle School Teacher",
    "25-2021.00": "Elementary School Teacher",
    "25-2012.00": "Kindergarten Teacher",
    "25-2011.00": "Preschool Teacher",
    "29-2061.00": "Licensed Practical Nurse",
    "17-1011.00": "Architect",
    "17-2111.00": "Health and Safety Engineer",
    "19-1042.00": "Medical Scientist",
    "19-2042.00": "Geoscientist",
    "31-9096.00": "Veterinary Assistant",
    "33-3051.00": "Police Officer",
    "43-4061.00": "Government Programs Eligibility Interviewer",
    "13-2081.00": "Tax Examiners and Collectors, and Revenue Agents",
    "43-6014.00": "Administrative Assistant",
    "43-6011.00": "Executive Assistant",
    "43-6012.00": "Legal Secretary",
    "43-6013.00": "Medical Secretary",
    "43-4161.00": "Human Resources Assistant",
    "13-1023.00": "Purchasing Agent",
    "13-1022.00": "Wholesale and Retail Buyer",
    "27-2012.00": "Producers and Directors",
    "27-3043.05": "Poets, Lyricists and Creative Writers",
    "37-2011.00": "Janitors and Cleaners",
    "21-2011.00": "Clergy Member",
    "19-2041.00": "Environmental Scientist",
    "21-1093.00": "Social and Human Service Assistant",
    "41-3091.00": "Services Sales Representative",
    "33-3052.00": "Transit and Railroad Police Officer",
    "53-7061.00": "Vehicle and Equipment Cleaner",
    "25-2059.01": "Adapted Physical Education Specialist",
    "49-3042.00": "Mobile Heavy Equipment Mechanic",
    "37-2012.00": "Maids and Housekeeping Cleaners",
}
# The "all other" groups that people do bear as a title; the rest of those groups are left out.
GENERIC = {
    "13-1199.00": "Business Operations Specialist",
    "13-2099.00": "Financial Specialist",
    "15-1299.00": "Information Technology Specialist",
    "17-2199.00": "Engineer",
    "17-3029.00": "Engineering Technician",
    "19-1029.00": "Biological Scientist",
    "19-2099.00": "Physical Scientist",
    "19-3039.00": "Psychologist",
    "19-3099.00": "Social Scientist",
    "21-1019.00": "Counselor",
    "21-1029.00": "Social Worker",
    "25-1199.00": "Postsecondary Teacher",
    "25-3099.00": "Teacher",
    "29-1229.00": "Physician",
    "29-1249.00": "Surgeon",
    "39-9099.00": "Personal Care Worker",
    "53-3099.00": "Motor Vehicle Operator",
}
AGENT = re.compile(r"(ers|ors|ists|ants|ents|ians|yers|eers|ees|ths|ries|aries|chefs|guards|clerks|scouts|models|police|chiefs|aides|athletes|masons|judges|sewers|paralegals|mechanics|detectives|representatives|analysts|coaches|maids|guides|therapists)$", re.I)
INVERTED = {"Postsecondary", "General", "Clerical"}
_IRREGULAR = {"mechanics": "mechanic", "paramedics": "paramedic", "midwives": "midwife"}


def singular(word):
    """The singular of an English agent noun: `Secretaries` -> `Secretary`."""
    low = word.lower()
    if low in _IRREGULAR:
        return word[0] + _IRREGULAR[low][1:]
    if low.endswith("ies") and len(low) > 4:
        return word[:-3] + "y"
    if low.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is", "ics")):
        return word[:-1]
    return word


def singular_end(phrase):
    """The phrase with its last word, or both sides of a slash in it, in the singular."""
    head, _, last = phrase.rpartition(" ")
    last = "/".join(singular(part) for part in last.split("/"))
    return f"{head} {last}".strip()


def role_title(soc, title):
    """What a role is called: singular where the occupation is one, else the list O*NET gives."""
    if soc in TITLES:
        return TITLES[soc]
    if soc in GENERIC:
        return GENERIC[soc]
    plain = re.sub(r", (Except|Including) .*$", "", title)
    if plain.startswith("Helpers--"):
        return f"{singular_end(plain[9:])} Helper" if "," not in plain else f"Helper, {plain[9:]}"
    if plain.startswith("First-Line Supervisors of "):
        return plain.replace("Supervisors", "Supervisor", 1)
    # "Bus Drivers, School" is a School Bus Driver; a list of occupations stays as it is.
    head, comma, tail = plain.rpartition(", ")
    if comma and (tail in INVERTED or ("," not in head and " and " not in tail)):
        return f"{tail} {singular_end(head)}"
    parts = elements(plain)
    if comma or any(AGENT.search(part) for part in parts[:-1]):
        return plain
    return singular_end(plain)


def elements(title):
    """`Claims Adjusters, Examiners, and Investigators` -> its three parts."""
    return [part for part in re.split(r", and | and |, ", title) if part]


def forms(soc, title):
    """Other ways to write an occupation's own title: as O*NET does, and its listed parts."""
    plain = re.sub(r", (Except|Including|All Other).*$", "", title)
    if soc in GENERIC:
        return [GENERIC[soc]]
    found = [title, plain, singular_end(plain)]
    parts = elements(plain)
    if len(parts) > 1 and any(AGENT.search(part) for part in parts[:-1]):
        found += [singular_end(part) for part in parts if AGENT.search(part)]
    return found


def slug(title):
    folded = unicodedata.normalize("NFKD", title.replace("+", "-plus").replace("#", "-sharp"))
    folded = folded.encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


def words(title):
    """Lower-case stems, the way src/reference/titles.rs compares titles."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    folded = folded.replace("&", " and ").replace("'", "")
    return [singular(w) for w in re.findall(r"[a-z0-9+#]+", folded)]


def key(title):
    """Equal for two spellings of one title."""
    return "".join(words(title))
