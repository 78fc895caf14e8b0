"""ISO 4217 currencies and the daily reference rates of the European Central Bank."""

from . import files

# The list states no minor unit for withdrawn codes. These are quoted by the ECB, so they need one;
# the figures are those ISO 4217 gave while the codes were in force.
WITHDRAWN_MINOR_UNITS = {
    "BGN": 2, "CYP": 2, "EEK": 2, "HRK": 2, "LTL": 2, "LVL": 2, "MTL": 2, "ROL": 2, "SIT": 2, "SKK": 2, "TRL": 0,
}


def build(raw, out):
    """Writes currencies.csv and ecb_rates.csv.gz."""
    header = ("code", "name", "numeric", "minor_unit", "withdrawn")
    files.write(out / "currencies.csv", files.csv_bytes(header, currencies(raw)))
    files.write(out / "ecb_rates.csv.gz", (raw / "currency/ecb_eurofxref_daily.csv").read_bytes())


def currencies(raw):
    """One row per code with a numeric minor unit; `withdrawn` is YYYY-MM and empty while in force."""
    found = {}
    for row in files.rows(raw / "currency/iso4217_codes_all.csv"):
        code, withdrawn = row["AlphabeticCode"], row["WithdrawalDate"].strip()
        if not withdrawn and row["MinorUnit"].isdigit():
            # A code in force wins over an old entry of a country that gave it up.
            found[code] = (code, row["Currency"], row["NumericCode"], int(row["MinorUnit"]), "")
        elif withdrawn and code in WITHDRAWN_MINOR_UNITS:
            known = found.get(code)
            if known is None or (known[4] and known[4] < withdrawn):
                found[code] = (code, row["Currency"], row["NumericCode"], WITHDRAWN_MINOR_UNITS[code], withdrawn)
    return [found[code] for code in sorted(found)]
