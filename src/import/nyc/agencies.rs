//! The agencies of the City of New York under readable names.

use crate::import::naming::readable;

/// What the source writes, cut off at thirty characters and in capitals, and what the agency is called.
const NAMES: [(&str, &str); 54] = [
    ("ADMIN FOR CHILDREN'S SVCS", "Administration for Children's Services"),
    ("ADMIN TRIALS AND HEARINGS", "Office of Administrative Trials and Hearings"),
    ("BOARD OF CORRECTION", "Board of Correction"),
    ("BOROUGH PRESIDENT-QUEENS", "Queens Borough President"),
    ("BUSINESS INTEGRITY COMMISSION", "Business Integrity Commission"),
    ("CIVILIAN COMPLAINT REVIEW BD", "Civilian Complaint Review Board"),
    ("CONSUMER AFFAIRS", "Department of Consumer Affairs"),
    ("DEPARTMENT FOR THE AGING", "Department for the Aging"),
    ("DEPARTMENT OF BUILDINGS", "Department of Buildings"),
    ("DEPARTMENT OF BUSINESS SERV.", "Department of Small Business Services"),
    ("DEPARTMENT OF CITY PLANNING", "Department of City Planning"),
    ("DEPARTMENT OF CORRECTION", "Department of Correction"),
    ("DEPARTMENT OF FINANCE", "Department of Finance"),
    ("DEPARTMENT OF INVESTIGATION", "Department of Investigation"),
    ("DEPARTMENT OF PROBATION", "Department of Probation"),
    ("DEPARTMENT OF SANITATION", "Department of Sanitation"),
    ("DEPARTMENT OF TRANSPORTATION", "Department of Transportation"),
    ("DEPT OF CITYWIDE ADMIN SVCS", "Department of Citywide Administrative Services"),
    ("DEPT OF DESIGN & CONSTRUCTION", "Department of Design and Construction"),
    ("DEPT OF ENVIRONMENT PROTECTION", "Department of Environmental Protection"),
    ("DEPT OF HEALTH/MENTAL HYGIENE", "Department of Health and Mental Hygiene"),
    ("DEPT OF INFO TECH & TELECOMM", "Department of Information Technology and Telecommunications"),
    ("DEPT OF PARKS & RECREATION", "Department of Parks and Recreation"),
    ("DEPT OF YOUTH & COMM DEV SRVS", "Department of Youth and Community Development"),
    ("DEPT. OF HOMELESS SERVICES", "Department of Homeless Services"),
    ("DISTRICT ATTORNEY KINGS COUNTY", "Kings County District Attorney"),
    ("DISTRICT ATTORNEY RICHMOND COU", "Richmond County District Attorney"),
    ("EQUAL EMPLOY PRACTICES COMM", "Equal Employment Practices Commission"),
    ("FINANCIAL INFO SVCS AGENCY", "Financial Information Services Agency"),
    ("FIRE DEPARTMENT", "Fire Department"),
    ("HOUSING PRESERVATION & DVLPMNT", "Department of Housing Preservation and Development"),
    ("HRA/DEPT OF SOCIAL SERVICES", "Department of Social Services (HRA)"),
    ("HUMAN RIGHTS COMMISSION", "Commission on Human Rights"),
    ("LANDMARKS PRESERVATION COMM", "Landmarks Preservation Commission"),
    ("LAW DEPARTMENT", "Law Department"),
    ("MANHATTAN COMMUNITY BOARD #10", "Manhattan Community Board 10"),
    ("MANHATTAN COMMUNITY BOARD #8", "Manhattan Community Board 8"),
    ("MAYORS OFFICE OF CONTRACT SVCS", "Mayor's Office of Contract Services"),
    ("MUNICIPAL WATER FIN AUTHORITY", "Municipal Water Finance Authority"),
    ("NYC EMPLOYEES RETIREMENT SYS", "Employees' Retirement System"),
    ("NYC HOUSING AUTHORITY", "Housing Authority"),
    ("NYC POLICE PENSION FUND", "Police Pension Fund"),
    ("OFF OF PAYROLL ADMINISTRATION", "Office of Payroll Administration"),
    ("OFFICE OF COLLECTIVE BARGAININ", "Office of Collective Bargaining"),
    ("OFFICE OF EMERGENCY MANAGEMENT", "Office of Emergency Management"),
    ("OFFICE OF MANAGEMENT & BUDGET", "Office of Management and Budget"),
    ("OFFICE OF THE ACTUARY", "Office of the Actuary"),
    ("OFFICE OF THE COMPTROLLER", "Office of the Comptroller"),
    ("POLICE DEPARTMENT", "Police Department"),
    ("PRESIDENT BOROUGH OF MANHATTAN", "Manhattan Borough President"),
    ("PUBLIC ADMINISTRATOR-NEW YORK", "New York County Public Administrator"),
    ("TAX COMMISSION", "Tax Commission"),
    ("TAXI & LIMOUSINE COMMISSION", "Taxi and Limousine Commission"),
    ("TEACHERS RETIREMENT SYSTEM", "Teachers' Retirement System"),
];

/// `NYC Law Department` for `LAW DEPARTMENT`; an agency that is not listed keeps its words in title case.
pub(super) fn name(agency: &str) -> String {
    let known = NAMES.binary_search_by_key(&agency, |(written, _)| written).ok().map(|at| NAMES[at].1);
    format!("NYC {}", known.map_or_else(|| readable(agency.trim_start_matches("NYC ")), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::{NAMES, name};

    #[test]
    fn the_list_is_sorted_so_that_it_can_be_searched() {
        assert!(NAMES.is_sorted_by_key(|(written, _)| *written));
        assert!(NAMES.iter().all(|(written, called)| name(written) == format!("NYC {called}")));
        assert_eq!(name("DEPARTMENT OF NEW THINGS"), "NYC Department of New Things");
    }
}
