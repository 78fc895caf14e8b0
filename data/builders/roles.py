"""Roles: O*NET occupations, the hand-made digital family, ESCO codes, usual skills and wages."""

import json
import tomllib
from collections import defaultdict
from decimal import Decimal

from . import aliases, files, titles

# Job zone -> education (O*NET's own description of the zones), with the professions that need a doctorate.
EDUCATION = {"1": "NONE", "2": "HIGH_SCHOOL", "3": "ASSOCIATE", "4": "BACHELOR", "5": "MASTER"}
DOCTORAL = ("23-1011", "23-1023", "25-10", "25-11", "29-1011", "29-102", "29-1041", "29-1051", "29-1081", "29-1123",
            "29-1131", "29-1181", "29-12", "19-3033", "19-3034", "19-2011", "19-2012", "19-1021", "15-1221")
# SOC major group -> industries that employ it most.
INDUSTRIES = {
    "11": ["accounting-and-consulting", "government-and-public-sector", "manufacturing"],
    "13": ["accounting-and-consulting", "financial-services", "government-and-public-sector"],
    "15": ["information-technology-and-services", "financial-services", "government-and-public-sector"],
    "17": ["architecture-and-engineering", "manufacturing", "construction"],
    "19": ["higher-education-and-research", "pharmaceuticals-and-biotechnology", "government-and-public-sector"],
    "21": ["non-profit-and-social-services", "healthcare", "government-and-public-sector"],
    "23": ["legal-services", "government-and-public-sector"],
    "25": ["education", "higher-education-and-research"],
    "27": ["media-and-entertainment", "arts-and-culture", "marketing-and-advertising"],
    "29": ["healthcare"],
    "31": ["healthcare"],
    "33": ["public-safety", "government-and-public-sector"],
    "35": ["hospitality-and-tourism", "food-and-beverages"],
    "37": ["facilities-and-cleaning", "real-estate"],
    "39": ["personal-services", "hospitality-and-tourism", "sports-and-recreation"],
    "41": ["e-commerce-and-retail", "wholesale", "real-estate"],
    "43": ["government-and-public-sector", "financial-services", "healthcare"],
    "45": ["agriculture-and-forestry"],
    "47": ["construction", "oil-gas-and-mining"],
    "49": ["manufacturing", "energy-and-utilities", "telecommunications"],
    "51": ["manufacturing", "food-and-beverages"],
    "53": ["transportation-and-logistics"],
}
MILITARY = "55"
MOST_SKILLS = 24
MOST_SIMILAR = 6
BACKEND = "backend-developer"
SKILL_KINDS = {"programmingLanguages": "LANGUAGE", "frameworks": "FRAMEWORK", "databases": "DATABASE",
               "cloudPlatforms": "CLOUD", "tools": "TOOL", "practices": "PRACTICE", "soft": "SOFT"}
OEWS_PUBLISHER, OEWS_AS_OF = "US Bureau of Labor Statistics", "2024-05-01"


def build(raw, data):
    """Writes roles.json.gz and refuses references that lead nowhere."""
    skills = SkillNames(data / "skills/skills.csv")
    roles = occupations(raw)
    for entry in tomllib.loads((data / "roles/digital.toml").read_text(encoding="utf-8"))["role"]:
        add_digital(roles, entry)
    add_backend(roles, data, skills)
    add_technologies(roles, raw, skills)
    add_wages(roles, raw)
    add_similar(roles)
    add_titles(roles, raw, data)
    check(roles, skills, data)
    ordered = [compact(roles[slug]) for slug in sorted(roles)]
    files.write(data / "roles/roles.json.gz", files.json_bytes(ordered))


class SkillNames:
    """Finds a skill by any of its names, in any spelling."""

    def __init__(self, path):
        self.kinds, self._by_name = {}, {}
        for row in files.rows(path):
            self.kinds[row["slug"]] = row["kind"]
            for name in [row["name"], *row["aliases"].split("|")]:
                self._by_name.setdefault(name.lower(), row["slug"])

    def find(self, name):
        return self._by_name.get(name.lower())


def occupations(raw):
    """slug -> role, from the O*NET occupations that people bear as a title."""
    roles, by_soc = {}, {}
    for row in files.rows(raw / "taxonomy_onet_29_2/occupations.csv"):
        soc, title = row["soc"], row["title"]
        if soc.startswith(MILITARY) or ("All Other" in title and soc not in titles.GENERIC):
            continue
        own = titles.role_title(soc, title)
        zone = row["job_zone"]
        education = "DOCTORATE" if zone == "5" and soc.startswith(DOCTORAL) else EDUCATION.get(zone)
        if soc in ("29-1229.00", "29-1249.00"):
            education = "DOCTORATE"
        by_soc[soc] = titles.slug(own)
        roles[titles.slug(own)] = {
            "slug": titles.slug(own), "title": own, "soc": soc, "onetTitle": title,
            "educationLevel": education, "industries": INDUSTRIES[soc[:2]],
        }
    for role in roles.values():
        general = by_soc.get(role["soc"][:7] + ".00")
        if general and general != role["slug"]:
            role["parent"] = general
    return roles


def add_digital(roles, entry):
    """Adds a hand-made role, or replaces the occupation it stands for."""
    role = {"slug": entry["slug"], "title": entry["title"]}
    if soc := entry.get("soc"):
        old = next(r for r in roles.values() if r["soc"] == soc)
        del roles[old["slug"]]
        role |= {"soc": soc, "onetTitle": old["onetTitle"], "educationLevel": old["educationLevel"],
                 "industries": old["industries"], "parent": old.get("parent")}
        for child in roles.values():
            if child.get("parent") == old["slug"]:
                child["parent"] = entry["slug"]
        role["handAliases"] = [old["title"], *entry["aliases"]]
    else:
        role |= {"parent": entry["parent"], "soc": None, "educationLevel": "BACHELOR",
                 "industries": INDUSTRIES["15"], "handAliases": entry["aliases"]}
    role["educationLevel"] = entry.get("education", "BACHELOR")
    role["industries"] = entry.get("industries", role["industries"])
    least, most = entry["years"]
    role |= {
        "typicalExperience": {"minYears": least, "maxYears": most},
        "responsibilities": entry["responsibilities"], "howToEnter": [entry["enter"]],
        "similar": entry["similar"],
        "skills": weighted(entry["required"], entry["preferred"]),
    }
    roles[entry["slug"]] = role


def weighted(required, preferred):
    return [{"skill": s, "importance": "REQUIRED"} for s in required] + [
        {"skill": s, "importance": "PREFERRED"} for s in preferred
    ]


def add_backend(roles, data, skills):
    """The one role with a file of facts: everything the file states, beside our own guide."""
    facts = json.loads((data / "roles/backend-developer.json").read_text(encoding="utf-8"), parse_float=Decimal)
    guide = tomllib.loads((data / "roles/backend-developer.guide.toml").read_text(encoding="utf-8"))
    source = facts["role"]
    by_title = {role["title"]: slug for slug, role in roles.items()}
    usual = []
    for group, names in source["skills"].items():
        for name in names:
            slug = skills.find(name)
            if skills.kinds[slug] != SKILL_KINDS[group]:
                raise SystemExit(f"{name} is a {SKILL_KINDS[group]} in the file and a {skills.kinds[slug]} in skills.csv")
            usual.append({"skill": slug, "importance": "REQUIRED" if slug in guide["required"] else "PREFERRED"})
    years = source["typicalExperienceYears"]
    roles[BACKEND] = {
        "slug": BACKEND, "title": source["title"], "aliases": source["aliases"], "parent": guide["parent"],
        "soc": guide["soc"], "educationLevel": source["educationLevel"],
        "typicalExperience": {"minYears": years["min"], "maxYears": years["max"]},
        "summary": guide["summary"].strip(), "responsibilities": guide["responsibilities"], "howToEnter": guide["enter"],
        "similar": [by_title[title] for title in source["similarTitles"]],
        "industries": [titles.slug(name) for name in source["industries"]], "skills": usual,
        "hiringRegions": source["hiringRegions"], "employersKnownToHire": source["employersKnownToHire"],
        "citedSalaries": [backend_salary(s) for s in facts["salaryBenchmarks"]],
        "allOccupationsSalary": in_text(facts["allOccupationsBenchmark"]),
        "citedDemand": [demand(d) for d in facts["demandReports"]], "outlooks": facts["outlooks"],
        "trainingPaths": facts["trainingPaths"], "courses": facts["courses"],
    }


def backend_salary(stated):
    """One benchmark as stated; a range of averages becomes averageLow and averageHigh."""
    low, high = stated.get("averageRange") or (None, None)
    kept = {k: v for k, v in stated.items() if k not in ("averageRange", "country", "region", "city")}
    place = {"countryCode": stated["country"], "regionName": stated.get("region"), "city": stated.get("city")}
    return in_text(kept | {"averageLow": low, "averageHigh": high, "place": without_none(place)})


AMOUNTS = ("low", "average", "averageLow", "averageHigh", "high", "statedUsd")


def in_text(salary):
    """Amounts as decimal text, so that no reader takes them through a binary fraction."""
    return without_none({k: str(v) if k in AMOUNTS and v is not None else v for k, v in salary.items()})


def demand(stated):
    renamed = {
        "publisher": stated["publisher"], "month": stated["month"], "countryCode": stated.get("country"),
        "openPostings": stated.get("openPostings"), "employersHiring": stated.get("employersHiring"),
        "jobSeekers": stated.get("jobSeekers"), "statedSeekersPerPosting": stated.get("statedSeekersPerPosting"),
        "searches": stated.get("searchesPerMonth"), "candidatesSearching": stated.get("candidatesSearchingPerMonth"),
        "employersSearching": stated.get("employersSearchingPerMonth"),
    }
    return without_none(renamed)


def add_technologies(roles, raw, skills):
    """Hot and in-demand technologies that are skills of ours; in demand counts as REQUIRED."""
    found = defaultdict(dict)
    for row in files.rows(raw / "taxonomy_onet_29_2/technology_skills.csv"):
        slug = skills.find(row["technology"])
        if slug and "Y" in (row["hot"], row["in_demand"]):
            wanted = row["in_demand"] == "Y"
            found[row["soc"]][slug] = found[row["soc"]].get(slug, False) or wanted
    for role in roles.values():
        if role.get("skills") or not role["soc"]:
            continue
        usual = sorted(found[role["soc"]].items(), key=lambda item: (not item[1], item[0]))[:MOST_SKILLS]
        role["skills"] = weighted([s for s, wanted in usual if wanted], [s for s, wanted in usual if not wanted])


def add_wages(roles, raw):
    """National OEWS wages, a yearly figure where published, else the hourly one."""
    by_soc = {r["occ_code"] + ".00": r for r in files.rows(raw / "wages_bls_oews_2024/oews_national_2024.csv") if r["o_group"] == "detailed"}
    for role in roles.values():
        row = by_soc.get(role["soc"])
        if row is None or role["slug"] == BACKEND:
            continue
        for period, letter in (("YEAR", "a"), ("HOUR", "h")):
            low, mean, high = (figure(row[f"{letter}_{name}"]) for name in ("pct10", "mean", "pct90"))
            if low or mean or high:
                role["citedSalaries"] = [in_text({
                    "publisher": OEWS_PUBLISHER, "asOf": OEWS_AS_OF, "currency": "USD", "period": period,
                    "low": low, "average": mean, "high": high, "place": {"countryCode": "US"},
                })]
                break


def figure(cell):
    """The figure as written, or nothing where the source has `#` (above its limit) or `*` (not available)."""
    return cell if cell.replace(".", "", 1).isdigit() else None


def add_similar(roles):
    """Neighbours in the same SOC group, nearest codes first, for roles without a hand list."""
    coded = [role for role in roles.values() if role["soc"] and role["slug"] != BACKEND]
    for role in roles.values():
        if role.get("similar") is None:
            code = number(role["soc"])
            # The minor group, or the wider one for an occupation that stands alone in it.
            for width in (6, 5, 4):
                near = [r for r in coded if r is not role and r["soc"][:width] == role["soc"][:width]]
                if near:
                    break
            near.sort(key=lambda r: (abs(number(r["soc"]) - code), r["slug"]))
            role["similar"] = [r["slug"] for r in near[:MOST_SIMILAR]]
    for role in roles.values():
        if role["soc"] is None:
            # A hand-made role is classified with its nearest ancestor that has a code.
            up = roles[role["parent"]]
            while up["soc"] is None:
                up = roles[up["parent"]]
            role["soc"] = up["soc"]


def number(soc):
    return int(soc.replace("-", "").replace(".", ""))


def add_titles(roles, raw, data):
    """Aliases and ESCO codes. backend-developer keeps exactly the aliases of its file."""
    claims = aliases.Claims()
    owner = {r["soc"]: slug for slug, r in roles.items() if r["soc"] and "onetTitle" in r}
    for slug, role in roles.items():
        claims.add(slug, role["title"], aliases.HAND)
        for title in role.get("handAliases", []) + role.get("aliases", []):
            claims.add(slug, title, aliases.HAND)
        for place, title in enumerate(titles.forms(role["soc"], role.get("onetTitle", role["title"]))):
            if "onetTitle" in role:
                claims.add(slug, title, aliases.OWN if place < 3 else aliases.PART)
    for row in files.rows(data / "roles/aliases.csv"):
        if row["role"] not in roles:
            raise SystemExit(f"aliases.csv names no role: {row['role']}")
        claims.add(row["role"], row["alias"], aliases.HAND)
    for row in files.rows(raw / "taxonomy_onet_29_2/reported_titles.csv"):
        if row["soc"] in owner:
            claims.add(owner[row["soc"]], row["reported_title"], aliases.REPORTED)
    for row in files.rows(raw / "taxonomy_onet_29_2/alternate_titles.csv"):
        if row["soc"] in owner:
            claims.add(owner[row["soc"]], row["alt_title"], aliases.OTHER)
    add_esco(roles, raw, claims)
    for slug, found in claims.settle(roles).items():
        if slug != BACKEND:
            roles[slug]["aliases"] = found


def add_esco(roles, raw, claims):
    """The ESCO code of a role whose title or alias is an ESCO label; its other labels become claims."""
    entries = files.rows(raw / "taxonomy_esco_1_1_1/occupations.csv")
    shared = defaultdict(set)
    for row in entries:
        for label in [row["label"], *row["alt_labels"].split("|")]:
            shared[titles.key(label)].add(row["occ_id"])
    own = {titles.key(role["title"]): slug for slug, role in roles.items()}
    found = {}
    for exact in (True, False):
        for row in entries:
            key = titles.key(row["label"])
            slug = own.get(key) if exact else claims.owner(key, roles)
            if slug and slug not in found:
                found[slug] = row
    for slug, row in found.items():
        roles[slug]["esco"] = row["code"]
        for label in [row["label"], *row["alt_labels"].split("|")]:
            if len(shared[titles.key(label)]) == 1 and "," not in label:
                claims.add(slug, titled(label), aliases.ESCO)


def titled(label):
    """ESCO writes labels in small letters; a title starts its words with capitals."""
    small = {"and", "of", "the", "in", "for", "to", "or", "with", "on", "at"}
    return " ".join(w if w in small or w != w.lower() else w[:1].upper() + w[1:] for w in label.split())


def check(roles, skills, data):
    industries = {row["slug"] for row in files.rows(data / "industries/industries.csv")}
    wrong = []
    for slug, role in roles.items():
        wrong += [(slug, s["skill"]) for s in role["skills"] if s["skill"] not in skills.kinds]
        wrong += [(slug, s) for s in role["similar"] if s not in roles]
        wrong += [(slug, i) for i in role["industries"] if i not in industries]
        wrong += [(slug, role["parent"])] if role.get("parent") and role["parent"] not in roles else []
    if wrong:
        raise SystemExit(f"references that lead nowhere: {wrong}")


ORDER = ("slug", "title", "aliases", "parent", "soc", "esco", "educationLevel", "typicalExperience", "summary",
         "responsibilities", "howToEnter", "similar", "skills", "industries", "hiringRegions", "employersKnownToHire", "citedSalaries",
         "allOccupationsSalary", "citedDemand", "outlooks", "trainingPaths", "courses")


def compact(role):
    return {name: role[name] for name in ORDER if role.get(name)}


def without_none(record):
    return {k: v for k, v in record.items() if v is not None}
