"""Countries, regions and cities, from GeoNames and the country code list."""

from . import files, iso_regions

# Cities that postings and addresses call otherwise than GeoNames does.
SHOWN_AS = {"New York City|US": "New York"}

# GeoNames keeps English names; people also search by these. "name|country": other names.
OTHER_NAMES = {
    "New York City|US": ["New York City", "NYC"],
    "Washington|US|DC": ["Washington, D.C.", "Washington DC"],
    "Los Angeles|US|CA": ["LA"],
    "San Francisco|US|CA": ["SF"],
    "The Bronx|US|NY": ["Bronx"],
    "Munich|DE": ["München", "Muenchen"],
    "Köln|DE": ["Cologne", "Koeln"],
    "Nuremberg|DE": ["Nürnberg", "Nuernberg"],
    "Düsseldorf|DE": ["Duesseldorf"],
    "Hannover|DE": ["Hanover"],
    "Frankfurt am Main|DE": ["Frankfurt"],
    "Vienna|AT": ["Wien"],
    "Zürich|CH": ["Zurich", "Zuerich"],
    "Geneva|CH": ["Genève", "Genf"],
    "Basel|CH": ["Basle", "Bâle"],
    "Bern|CH": ["Berne"],
    "Brussels|BE": ["Bruxelles", "Brussel"],
    "Antwerp|BE": ["Antwerpen", "Anvers"],
    "Gent|BE": ["Ghent", "Gand"],
    "The Hague|NL": ["Den Haag", "'s-Gravenhage"],
    "Milan|IT": ["Milano"],
    "Rome|IT": ["Roma"],
    "Turin|IT": ["Torino"],
    "Florence|IT": ["Firenze"],
    "Naples|IT": ["Napoli"],
    "Venice|IT": ["Venezia"],
    "Genoa|IT": ["Genova"],
    "Sevilla|ES": ["Seville"],
    "Lisbon|PT": ["Lisboa"],
    "Porto|PT": ["Oporto"],
    "Copenhagen|DK": ["København", "Kobenhavn"],
    "Gothenburg|SE": ["Göteborg"],
    "Helsinki|FI": ["Helsingfors"],
    "Prague|CZ": ["Praha"],
    "Warsaw|PL": ["Warszawa"],
    "Kraków|PL": ["Cracow"],
    "Bucharest|RO": ["București"],
    "Belgrade|RS": ["Beograd"],
    "Athens|GR": ["Athina"],
    "Moscow|RU": ["Moskva"],
    "Kyiv|UA": ["Kiev"],
    "Lviv|UA": ["Lvov"],
    "Bengaluru|IN": ["Bangalore"],
    "Mumbai|IN": ["Bombay"],
    "Chennai|IN": ["Madras"],
    "Kolkata|IN": ["Calcutta"],
    "Gurugram|IN": ["Gurgaon"],
    "Beijing|CN": ["Peking"],
    "Guangzhou|CN": ["Canton"],
    "Ho Chi Minh City|VN": ["Saigon"],
    "Montréal|CA": ["Montreal"],
    "Québec|CA": ["Quebec City", "Quebec"],
    "Mexico City|MX": ["Ciudad de México", "CDMX"],
    "Cairo|EG": ["Al Qahirah"],
}
MOST_NAMES = 4
# Cells the list leaves empty. Antarctica has no currency.
CURRENCY_NOW = {"TR": "TRY", "PS": "ILS", "GS": "GBP"}
# ISO 3166-1 does not list Kosovo; XK is the user-assigned code everybody uses.
KOSOVO = ("XK", "XKX", "Kosovo", "EUR")


def build(raw, out):
    """Writes countries.csv, regions.csv and cities.csv.gz."""
    files.write(out / "countries.csv", files.csv_bytes(("alpha2", "alpha3", "name", "currency"), countries(raw)))
    regions = region_rows(raw)
    files.write(out / "regions.csv", files.csv_bytes(("country", "geonames_code", "iso_code", "name"), regions))
    header = ("geonameid", "name", "country", "geonames_region", "latitude", "longitude", "population", "timezone", "other_names")
    files.write(out / "cities.csv.gz", files.csv_bytes(header, city_rows(raw, regions)))


def countries(raw):
    """One row per country; a country with two currencies keeps its own, which stands first."""
    found = [KOSOVO]
    for row in files.rows(raw / "geo/countries.csv"):
        alpha2 = row["iso3166_1_alpha_2"]
        currency = CURRENCY_NOW.get(alpha2) or row["iso4217_currency_alphabetic_code"].split(",")[0]
        found.append((alpha2, row["iso3166_1_alpha_3"], row["cldr_display_name"], currency))
    return sorted(found)


def region_rows(raw):
    source = [(r["country"], r["admin1"], r["name"]) for r in files.rows(raw / "geo/admin1.csv")]
    if wrong := iso_regions.unused(source):
        raise SystemExit(f"region names without a GeoNames region: {wrong}")
    found = [(c, code, iso_regions.iso_code(c, code, name), name) for c, code, name in source]
    found += [("US", code, f"US-{code}", name) for code, name in iso_regions.US_OUTLYING.items()]
    return sorted(found)


def city_rows(raw, regions):
    """A city whose region is not listed, as in Singapore, stands in its country alone."""
    known = {(country, code) for country, code, _, _ in regions}
    for row in sorted(files.rows(raw / "geo/cities15000.csv"), key=lambda r: int(r["geonameid"])):
        yield (
            row["geonameid"], SHOWN_AS.get(f"{row['name']}|{row['country']}", row["name"]), row["country"],
            row["admin1"] if (row["country"], row["admin1"]) in known else "",
            f"{float(row['lat']):.4f}", f"{float(row['lon']):.4f}", row["population"], row["timezone"],
            "|".join(other_names(row)),
        )


def other_names(row):
    """Spellings people type: the hand list, and Saint for St. and the other way round."""
    name = row["name"]
    hand = OTHER_NAMES.get(f"{name}|{row['country']}|{row['admin1']}") or OTHER_NAMES.get(f"{name}|{row['country']}") or []
    found = list(hand)
    for short, long in (("St. ", "Saint "), ("Saint ", "St. "), ("Ft. ", "Fort "), ("Fort ", "Ft. ")):
        if name.startswith(short):
            found.append(long + name[len(short):])
    return found[:MOST_NAMES]
