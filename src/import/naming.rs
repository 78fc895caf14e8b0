//! Making names readable that a source shouts in capitals.

/// Words that stay in capitals.
const CAPITALS: [&str; 61] = [
    "2D", "3D", "AIDS", "AWS", "BI", "CAD", "CCTV", "CDL", "CEO", "CFO", "CIO", "CNC", "COVID", "CPA", "CRM", "CTO",
    "DBA", "DC", "EEO", "EMT", "ERP", "ETL", "FDNY", "GIS", "GS", "HIV", "HR", "HRIS", "HVAC", "ICU", "II", "III",
    "IT", "IV", "LAN", "LPN", "MD", "MRI", "MWBE", "NASA", "NOAA", "NYC", "NYPD", "OSHA", "PC", "QA", "QC", "RN",
    "SAP", "SCADA", "SQL", "STD", "TB", "UI", "US", "UX", "VI", "VII", "WAN", "WIC", "XML",
];
/// Words that stay small inside a name.
const SMALL: [&str; 16] =
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "within"];

/// A name in capitals as a name in title case; a name with a small letter in it stays as it is.
pub(super) fn readable(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        push_word(&mut text, word);
        let gap = after.find(is_of_word).unwrap_or(after.len());
        text.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    text
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}')
}

fn push_word(text: &mut String, word: &str) {
    let small = word.to_lowercase();
    let inside = text.trim_end().ends_with(|c: char| c.is_alphanumeric() || matches!(c, '&' | ','));
    if CAPITALS.contains(&word) || word.chars().any(|c| c.is_ascii_digit()) {
        text.push_str(word);
    } else if inside && SMALL.contains(&small.as_str()) {
        text.push_str(&small);
    } else {
        let mut letters = small.chars();
        text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        text.push_str(letters.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn capitals_become_title_case() {
        for (shouted, readable_name) in [
            ("EXECUTIVE DIRECTOR, BUSINESS DEVELOPMENT", "Executive Director, Business Development"),
            ("IT PROJECT MANAGER III", "IT Project Manager III"),
            ("DIRECTOR OF THE OFFICE", "Director of the Office"),
            ("CHILDREN'S COUNSEL (HR)", "Children's Counsel (HR)"),
            ("THE AGENCY", "The Agency"),
            ("Project Manager", "Project Manager"),
            ("GS-12 ENGINEER/SCIENTIST", "GS-12 Engineer/Scientist"),
            ("", ""),
        ] {
            assert_eq!(readable(shouted), readable_name);
        }
    }
}
