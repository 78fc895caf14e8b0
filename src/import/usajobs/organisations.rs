//! Departments, agencies and units under one spelling each, and the hiring paths in words.

/// Offices of the National Oceanic and Atmospheric Administration, which the source names in many ways:
/// "National Marine Fisheries Service", "… Services", "… (NMFS), Office of Law Enforcement".
const LINE_OFFICES: [(&str, &str); 7] = [
    ("national weather service", "National Weather Service"),
    ("national marine fisheries service", "National Marine Fisheries Service"),
    ("national ocean service", "National Ocean Service"),
    ("national environmental sat", "National Environmental Satellite, Data, and Information Service"),
    ("nesdis", "National Environmental Satellite, Data, and Information Service"),
    ("oceanic and atmospheric research", "Office of Oceanic and Atmospheric Research"),
    ("office of marine and aviation operations", "Office of Marine and Aviation Operations"),
];
/// Names that say nothing without the department they belong to, by their beginning.
const PARTS: [&str; 8] = [
    "office of ",
    "office for ",
    "assistant secretary",
    "immediate office",
    "headquarters",
    "center for faith",
    "gsa, office",
    "other agencies",
];
/// Parts of the Executive Office of the President that are known by their own name.
const OWN_OFFICES: [&str; 5] = [
    "Office of Management and Budget",
    "Office of the U.S. Trade Representative",
    "Office of the National Cyber Director",
    "Office of National Drug Control Policy",
    "Office of Congressional Workplace Rights",
];

/// The employer of an announcement: the agency where it stands for itself, else the department.
pub(super) fn employer(department: &str, agency: &str, unit: &str) -> String {
    let agency = tidy(agency);
    let start = agency.to_lowercase();
    if start == "national oceanic and atmospheric administration" {
        let unit = tidy(unit).to_lowercase().replace('&', "and");
        let unit = unit.trim_start_matches("the ").trim_start_matches("office of oceanic").trim_start();
        let unit = if unit.starts_with("and atmospheric research") { "oceanic and atmospheric research" } else { unit };
        let office = LINE_OFFICES.iter().find(|(beginning, _)| unit.starts_with(beginning));
        return office.map_or(agency, |(_, name)| (*name).to_owned());
    }
    let stands_alone = OWN_OFFICES.contains(&agency.as_str()) || !PARTS.iter().any(|part| start.starts_with(part));
    let unknown = department.is_empty() || department == "Unknown";
    if (stands_alone && !agency.is_empty()) || unknown { agency } else { self::department(department) }
}

/// A department under its own name.
pub(super) fn department(name: &str) -> String {
    match tidy(name).as_str() {
        "Other Agencies and Independent Organizations" => "Independent Federal Agencies".to_owned(),
        "" => "Federal Government of the United States".to_owned(),
        name => name.to_owned(),
    }
}

/// One spelling: no abbreviation in brackets at the end, no stray blanks and stops, no parent before a comma.
pub(super) fn tidy(name: &str) -> String {
    let words: Vec<_> = name.split_whitespace().collect();
    let mut text = words.join(" ").replace("U. S.", "U.S.");
    for parent in ["Commerce, ", "GSA, ", "NASA, "] {
        if let Some(rest) = text.strip_prefix(parent) {
            text = rest.to_owned();
        }
    }
    let mut name = text.trim_end_matches(['.', ',', ';', '-', ' ']);
    while let Some((before, bracket)) = name.rsplit_once(" (") {
        let abbreviation = bracket.strip_suffix(')').is_some_and(|b| b.len() <= 14 && !b.contains("Office"));
        if !abbreviation {
            break;
        }
        name = before.trim_end_matches(['.', ',', ';', '-', ' ']);
    }
    name.to_owned()
}

/// A hiring path in words; two generations of the source have different codes.
pub(super) fn hiring_path(code: &str) -> Option<&str> {
    Some(match code.trim() {
        "" => return None,
        "public" => "The public",
        "fed-transition" => "Career transition (CTAP, ICTAP, RPL)",
        "fed-internal-search" => "Internal to an agency",
        "fed-competitive" => "Federal employees - Competitive service",
        "fed-excepted" => "Federal employees - Excepted service",
        "vet" => "Veterans",
        "mspouse" => "Military spouses",
        "disability" => "Individuals with disabilities",
        "peace" => "Peace Corps & AmeriCorps Vista",
        "special-authorities" => "Special authorities",
        "land" => "Land and base management",
        "overseas" => "Family of overseas employees",
        "ses" => "Senior executives",
        "student" => "Students",
        "nguard" => "National Guard and reserves",
        "graduates" => "Recent graduates",
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_office_are_one_employer() {
        let noaa = |unit| employer("Department of Commerce", "National Oceanic and Atmospheric Administration", unit);
        for unit in [
            "National Marine Fisheries Service",
            "National Marine Fisheries Services",
            "National Marine Fisheries Service (NMFS), Office of Law Enforcement (OLE)",
            "The National Marine  Fisheries Service.",
        ] {
            assert_eq!(noaa(unit), "National Marine Fisheries Service");
        }
        assert_eq!(noaa("Office of Oceanic & Atmospheric Research"), "Office of Oceanic and Atmospheric Research");
        assert_eq!(noaa("Office of the Chief Financial Officer"), "National Oceanic and Atmospheric Administration");
    }

    #[test]
    fn a_part_is_known_by_its_department() {
        assert_eq!(employer("Department of Education", "Office of Inspector General", ""), "Department of Education");
        let other = "Other Agencies and Independent Organizations";
        assert_eq!(employer("Department of State", other, ""), "Department of State");
        assert_eq!(department(other), "Independent Federal Agencies");
        assert_eq!(employer("Unknown", "Department of the Air Force", "x"), "Department of the Air Force");
        let eop = "Executive Office of the President";
        assert_eq!(employer(eop, "Office of Management and Budget", ""), "Office of Management and Budget");
        assert_eq!(employer(eop, "Office of Administration", ""), eop);
        let commerce = employer("Department of Commerce", "Commerce, International Trade Administration", "");
        assert_eq!(commerce, "International Trade Administration");
        assert_eq!(employer("Judicial Branch", "U. S. Sentencing Commission", ""), "U.S. Sentencing Commission");
    }

    #[test]
    fn names_are_tidied() {
        assert_eq!(tidy(" Bureau  of Things (BOT). "), "Bureau of Things");
        assert_eq!(
            tidy("Government National Mortgage Association (Ginnie Mae)"),
            "Government National Mortgage Association"
        );
        assert_eq!(tidy("Bureau (a long remark that matters)"), "Bureau (a long remark that matters)");
        assert_eq!((hiring_path("vet"), hiring_path(" ")), (Some("Veterans"), None));
    }
}
