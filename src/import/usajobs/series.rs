//! Roles that an occupational series of the federal government means, for titles that name no role themselves.
//!
//! Only series of a single occupation; those that gather several (0301, 1101, 1801 …) mean none.

/// The slug of the role of a series.
pub(super) fn role(code: &str) -> Option<&'static str> {
    let at = ROLES.binary_search_by_key(&code, |(series, _)| series).ok()?;
    Some(ROLES[at].1)
}

/// Series and role, by series.
const ROLES: [(&str, &str); 102] = [
    ("0007", "correctional-officers-and-jailers"),
    ("0018", "occupational-health-and-safety-specialist"),
    ("0028", "environmental-scientist"),
    ("0080", "security-management-specialist"),
    ("0081", "firefighter"),
    ("0083", "police-officer"),
    ("0085", "security-guard"),
    ("0089", "emergency-management-director"),
    ("0110", "economist"),
    ("0130", "political-scientist"),
    ("0132", "intelligence-analyst"),
    ("0180", "psychologist"),
    ("0185", "social-worker"),
    ("0189", "recreation-worker"),
    ("0201", "human-resources-specialist"),
    ("0203", "human-resources-assistant"),
    ("0260", "equal-opportunity-representatives-and-officers"),
    ("0318", "administrative-assistant"),
    ("0341", "administrative-services-manager"),
    ("0343", "management-analyst"),
    ("0346", "logistician"),
    ("0391", "telecommunications-engineering-specialist"),
    ("0456", "firefighter"),
    ("0460", "forester"),
    ("0510", "accountants-and-auditors"),
    ("0511", "accountants-and-auditors"),
    ("0560", "budget-analyst"),
    ("0602", "physician"),
    ("0603", "physician-assistant"),
    ("0610", "registered-nurse"),
    ("0620", "licensed-practical-nurse"),
    ("0621", "nursing-assistant"),
    ("0622", "medical-equipment-preparer"),
    ("0630", "dietitians-and-nutritionists"),
    ("0631", "occupational-therapist"),
    ("0633", "physical-therapist"),
    ("0644", "medical-and-clinical-laboratory-technologist"),
    ("0645", "medical-and-clinical-laboratory-technician"),
    ("0647", "radiologic-technologists-and-technicians"),
    ("0660", "pharmacist"),
    ("0661", "pharmacy-technician"),
    ("0662", "optometrist"),
    ("0665", "speech-language-pathologist"),
    ("0675", "medical-records-specialist"),
    ("0679", "medical-secretary"),
    ("0680", "general-dentist"),
    ("0681", "dental-assistant"),
    ("0682", "dental-hygienist"),
    ("0701", "veterinarian"),
    ("0801", "engineer"),
    ("0802", "engineering-technician"),
    ("0806", "materials-engineer"),
    ("0808", "architect"),
    ("0810", "civil-engineer"),
    ("0819", "environmental-engineer"),
    ("0830", "mechanical-engineer"),
    ("0840", "nuclear-engineer"),
    ("0850", "electrical-engineer"),
    ("0854", "computer-hardware-engineer"),
    ("0855", "electronics-engineer"),
    ("0856", "electrical-and-electronic-engineering-technologists-and-technicians"),
    ("0861", "aerospace-engineer"),
    ("0893", "chemical-engineer"),
    ("0896", "industrial-engineer"),
    ("0905", "lawyer"),
    ("0950", "paralegals-and-legal-assistants"),
    ("0986", "paralegals-and-legal-assistants"),
    ("1035", "public-relations-specialist"),
    ("1082", "editor"),
    ("1102", "purchasing-agent"),
    ("1105", "purchasing-agent"),
    ("1150", "industrial-production-manager"),
    ("1160", "financial-and-investment-analyst"),
    ("1310", "physicist"),
    ("1315", "hydrologist"),
    ("1320", "chemist"),
    ("1340", "atmospheric-and-space-scientist"),
    ("1350", "geoscientist"),
    ("1370", "cartographers-and-photogrammetrists"),
    ("1410", "librarians-and-media-collections-specialists"),
    ("1411", "library-technician"),
    ("1420", "archivist"),
    ("1515", "operations-research-analyst"),
    ("1520", "mathematician"),
    ("1530", "statistician"),
    ("1550", "computer-and-information-research-scientist"),
    ("1560", "data-scientist"),
    ("1811", "detectives-and-criminal-investigators"),
    ("1825", "aviation-inspector"),
    ("1895", "customs-and-border-protection-officer"),
    ("1896", "customs-and-border-protection-officer"),
    ("2152", "air-traffic-controller"),
    ("2210", "information-technology-specialist"),
    ("2805", "electrician"),
    ("3111", "sewing-machine-operator"),
    ("3414", "machinist"),
    ("3566", "janitors-and-cleaners"),
    ("3703", "welders-cutters-solderers-and-brazers"),
    ("4204", "plumbers-pipefitters-and-steamfitters"),
    ("4607", "carpenter"),
    ("5703", "motor-vehicle-operator"),
    ("8852", "aircraft-mechanics-and-service-technicians"),
];

#[cfg(test)]
mod tests {
    use super::{ROLES, role};
    use crate::reference::bundle;

    #[test]
    fn every_series_means_a_bundled_role() {
        assert!(ROLES.is_sorted_by_key(|(series, _)| *series));
        let known: Vec<_> = bundle::roles().expect("roles").into_iter().map(|role| role.slug).collect();
        for (series, slug) in ROLES {
            assert!(known.iter().any(|role| role == slug), "{series} means no role: {slug}");
        }
        assert_eq!((role("0610"), role("0301")), (Some("registered-nurse"), None));
    }
}
