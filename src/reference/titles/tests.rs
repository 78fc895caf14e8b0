//! Titles as people write them.

use super::{TitleIndex, experience_level, title_key};
use crate::entities::sets::ExperienceLevel::{self, Entry, Executive, Lead, Mid, Principal, Senior};
use crate::reference::bundle;

/// The index over the bundled roles, titles first.
fn bundled() -> TitleIndex<&'static str> {
    let roles: &'static [bundle::RoleRecord] = Box::leak(bundle::roles().expect("roles").into_boxed_slice());
    let titles = roles.iter().map(|role| (role.title.as_str(), role.slug.as_str()));
    let aliases = roles.iter().flat_map(|role| role.aliases.iter().map(|alias| (alias.as_str(), role.slug.as_str())));
    TitleIndex::new(titles.chain(aliases))
}

#[test]
fn spellings_of_one_title_have_one_key() {
    for title in
        ["Back-End Developer", "Back End Developer", "backend developer", "BACKEND  DEVELOPER", "Bäck-end Developer"]
    {
        assert_eq!(title_key(title), "backenddeveloper");
    }
    assert_eq!(title_key("C++ Engineer"), "c++engineer");
    assert_eq!(title_key("C# Engineer"), "c#engineer");
    assert_eq!(title_key(".NET Engineer"), ".netengineer");
    assert_eq!(title_key("Node.js & React"), "nodejsandreact");
}

#[test]
fn titles_find_their_role() {
    let index = bundled();
    for (title, role) in [
        ("Back-End Developer", "backend-developer"),
        ("Backend Web Developer", "backend-developer"),
        ("Sr. Backend Engineer (Rust)", "backend-developer"),
        ("Senior Back End Developers (m/f/d)", "backend-developer"),
        ("Backend Engineer II - New York, NY", "backend-developer"),
        ("Lead Backend Software Engineer, Payments", "backend-developer"),
        ("Backend Developer in Berlin", "backend-developer"),
        ("Remote | Backend Developer", "backend-developer"),
        ("C++ Developer", "c-cpp-developer"),
        ("C/C++ Developer", "c-cpp-developer"),
        ("C# Developer", "dotnet-developer"),
        (".NET Developer", "dotnet-developer"),
        ("Engineer, Software", "software-engineer"),
        ("Principal Software Engineer, Search", "software-engineer"),
        ("Embedded Firmware Software Engineer", "embedded-software-engineer"),
        ("SOFTWARE ENGINEERS", "software-engineer"),
        ("Site Reliability Engineer (SRE)", "site-reliability-engineer"),
        ("Accountant", "accountants-and-auditors"),
        ("Bilingual Attorney", "lawyer"),
        ("Attorney Adviser", "lawyer"),
        ("Supervisory Program Analyst", "management-analyst"),
        ("Registered Nurse - ICU", "registered-nurse"),
        ("Full Stack Developer (Remote)", "full-stack-developer"),
        ("Devop Engineer", "devops-engineer"),
    ] {
        assert_eq!(index.resolve(title), Some(role), "{title}");
    }
}

#[test]
fn an_unclear_title_finds_nothing() {
    let index = bundled();
    for title in [
        "",
        "(m/f/d)",
        "Manager",
        "Assistant",
        "Software Engineer Recruiter",
        "Non-Attorney",
        "Director, Software Engineering Accountant",
        "Team Member",
        "Backend Developer / Registered Nurse",
        "Office of the General Counsel",
        "¯\\_(ツ)_/¯",
        "))) ((( ---",
    ] {
        assert_eq!(index.resolve(title), None, "{title}");
    }
}

#[test]
fn every_role_is_found_by_its_own_title() {
    let index = bundled();
    for role in bundle::roles().expect("roles") {
        assert_eq!(index.resolve(&role.title), Some(role.slug.as_str()), "{}", role.title);
    }
}

#[test]
fn a_lone_word_decides_only_when_its_longer_titles_agree() {
    let index = TitleIndex::new([("Architect", 1), ("Cloud Architect", 2), ("Data Architect", 3), ("Attorney", 4)]);
    assert_eq!(index.resolve("Architect"), Some(1));
    assert_eq!(index.resolve("Landscape Architect"), None);
    assert_eq!(index.resolve("Maritime Attorney"), Some(4));
}

#[test]
fn levels_are_read_where_they_are_said() {
    let cases: [(&str, Option<ExperienceLevel>); 26] = [
        ("Senior Developer", Some(Senior)),
        ("Sr. Developer", Some(Senior)),
        ("Developer", None),
        ("Developer III", None),
        ("Junior Developer", Some(Entry)),
        ("Entry-Level Developer", Some(Entry)),
        ("Summer Intern", Some(Entry)),
        ("Internal Auditor", None),
        ("Mid-Level Developer", Some(Mid)),
        ("Lead Developer", Some(Lead)),
        ("Engineering Team Lead", Some(Lead)),
        ("Lead Abatement Inspector", None),
        ("Supervisory Civil Engineer", Some(Lead)),
        ("Principal Engineer", Some(Principal)),
        ("Principal", None),
        ("Assistant Principal", None),
        ("Director", Some(Executive)),
        ("Director of Nursing", Some(Executive)),
        ("EXECUTIVE DIRECTOR, BUSINESS DEVELOPMENT", Some(Executive)),
        ("Funeral Director", None),
        ("Assistant to the Director", None),
        ("Chief Information Security Officer", Some(Executive)),
        ("Vice President of Sales", Some(Executive)),
        ("Deputy Commissioner", Some(Executive)),
        ("Executive Assistant", None),
        ("Head of Data", Some(Lead)),
    ];
    for (title, level) in cases {
        assert_eq!(experience_level(title), level, "{title}");
    }
}

proptest::proptest! {
    #[test]
    fn no_title_breaks_it(title in ".{0,80}") {
        let index = TitleIndex::new([("Software Engineer", 1), ("Nurse", 2)]);
        let _ = (index.resolve(&title), experience_level(&title), title_key(&title));
    }
}
