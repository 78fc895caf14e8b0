//! Public identifiers: a prefix that names the kind, then a UUID in 26 characters (TypeID 0.3).

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use type_safe_id::{Type, TypeSafeId};
use uuid::{NoContext, Uuid};

/// Declares the kinds of objects that have an identifier, with their prefixes.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $prefix:literal,)+) => {
        /// What an identifier names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $kind,)+ }

        impl Type for Kind {
            fn try_from_type_prefix(tag: &str) -> Result<Self, Cow<'static, str>> {
                match tag {
                    $($prefix => Ok(Self::$kind),)+
                    _ => Err(Cow::Borrowed("a known kind of object")),
                }
            }

            fn to_type_prefix(&self) -> &str {
                match self { $(Self::$kind => $prefix,)+ }
            }
        }
    };
}

kinds! {
    Account = "account",
    Session = "session",
    Employer = "employer",
    Membership = "membership",
    MemberInvitation = "memberinvitation",
    Posting = "posting",
    Candidate = "candidate",
    Application = "application",
    ApplicationNote = "note",
    Invitation = "invitation",
    SavedSearch = "savedsearch",
    Upload = "upload",
    Resume = "resume",
    Role = "role",
    Skill = "skill",
    Place = "place",
    Industry = "industry",
    CitedSalary = "citedsalary",
    CitedDemand = "citeddemand",
    Outlook = "outlook",
    Course = "course",
    TrainingPath = "trainingpath",
    AuditEntry = "auditentry",
    SecurityEvent = "securityevent",
    ModerationCase = "moderationcase",
    PostingReport = "postingreport",
    AccountExport = "accountexport",
}

/// A new identifier whose order follows time.
#[must_use]
pub fn generate(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}

/// The identifier of a bundled or imported record: the same name gives the same identifier on every installation.
#[must_use]
pub fn of_name(kind: Kind, name: &str) -> Uuid {
    /// The namespace of Rolecall's names, drawn once.
    const NAMESPACE: Uuid = Uuid::from_u128(0x5f0c_9d5e_7d1b_4f0e_9a51_6d8e_2b7c_a3f4);
    Uuid::new_v5(&NAMESPACE, format!("{}:{name}", kind.to_type_prefix()).as_bytes())
}

/// The public form of an identifier.
#[must_use]
pub fn encode(kind: Kind, id: Uuid) -> String {
    TypeSafeId::from_type_and_uuid(kind, id).to_string()
}

/// Reads a public identifier of one kind; `None` for anything else.
#[must_use]
pub fn decode(kind: Kind, text: &str) -> Option<Uuid> {
    decode_any(text).filter(|(found, _)| *found == kind).map(|(_, id)| id)
}

/// Reads a public identifier of any kind.
#[must_use]
pub fn decode_any(text: &str) -> Option<(Kind, Uuid)> {
    let (prefix, _) = text.rsplit_once('_')?;
    let kind = Kind::try_from_type_prefix(prefix).ok()?;
    let id = text.parse::<TypeSafeId<Kind>>().ok()?;
    Some((kind, id.uuid()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_as_its_own_kind_only() {
        let id = of_name(Kind::Role, "backend-developer");
        let text = encode(Kind::Role, id);
        assert_eq!(decode(Kind::Role, &text), Some(id));
        assert_eq!(decode(Kind::Skill, &text), None);
        for wrong in ["", "role_", "role", "role_zzzzzzzzzzzzzzzzzzzzzzzzzz", "nobody_01jq0000000000000000000000", "_"]
        {
            assert_eq!(decode_any(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn identifiers_follow_time() {
        let early = DateTime::from_timestamp(1_700_000_000, 0).expect("a valid instant");
        let late = DateTime::from_timestamp(1_700_000_001, 0).expect("a valid instant");
        assert!(generate(early) < generate(late));
    }
}
