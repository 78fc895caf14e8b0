//! Any object by its identifier.

use async_graphql::{Context, ID, Interface, Object};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::context::Ask;
use super::errors::bad_argument;
use super::loads::one;
use crate::accounts::graphql::{Account, Session};
use crate::accounts::loaders::{AccountById, SessionById};
use crate::applications::graphql::{Application, ApplicationNote};
use crate::applications::loaders::{ApplicationById, InvitationById, NoteById};
use crate::audit::graphql::{AuditEntry, SecurityEvent};
use crate::audit::is_about;
use crate::audit::loaders::AuditEntryById;
use crate::candidates::graphql::{Candidate, Invitation};
use crate::candidates::loaders::CandidateById;
use crate::employers::graphql::{Employer, Member, MemberInvitation};
use crate::employers::loaders::{EmployerById, MemberInvitationById, MembershipById};
use crate::entities::sets::Party;
use crate::files::graphql::Resume;
use crate::files::loaders::ResumeById;
use crate::ids::{self, Kind};
use crate::industries::graphql::Industry;
use crate::industries::loaders::IndustryById;
use crate::moderation::graphql::{ModerationCase, PostingReport};
use crate::moderation::loaders::{CaseById, ReportById};
use crate::places::graphql::Place;
use crate::places::loaders::PlaceById;
use crate::postings::graphql::Posting;
use crate::postings::loaders::PostingById;
use crate::privacy::graphql::AccountExport;
use crate::privacy::loaders::ExportById;
use crate::roles::graphql::Role;
use crate::roles::graphql::cited::{CitedDemand, CitedSalary, Course, Outlook, TrainingPath};
use crate::roles::loaders::{CitedDemandById, CitedSalaryById, CourseById, OutlookById, RoleById, TrainingPathById};
use crate::saved::graphql::{SavedSearch, own_search};
use crate::skills::graphql::Skill;
use crate::skills::loaders::SkillById;

/// An object with an identifier of its own.
#[expect(clippy::large_enum_variant, reason = "one node lives for one answer; a box would cost each of them more")]
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Identifier: opaque, never changed."))]
pub enum Node {
    /// An account.
    Account(Account),
    /// A session.
    Session(Session),
    /// An employer.
    Employer(Employer),
    /// A member of an employer.
    Member(Member),
    /// An invitation of a member.
    MemberInvitation(MemberInvitation),
    /// A candidate.
    Candidate(Candidate),
    /// A posting.
    Posting(Posting),
    /// An application.
    Application(Application),
    /// A résumé.
    Resume(Resume),
    /// A note about an application.
    ApplicationNote(ApplicationNote),
    /// An invitation to apply.
    Invitation(Invitation),
    /// A saved search.
    SavedSearch(SavedSearch),
    /// A role.
    Role(Role),
    /// A skill.
    Skill(Skill),
    /// A place.
    Place(Place),
    /// An industry.
    Industry(Industry),
    /// A cited salary.
    CitedSalary(CitedSalary),
    /// A cited demand figure.
    CitedDemand(CitedDemand),
    /// A cited forecast.
    Outlook(Outlook),
    /// A course.
    Course(Course),
    /// A way of learning a role.
    TrainingPath(TrainingPath),
    /// A line of the audit log.
    AuditEntry(AuditEntry),
    /// Something that happened to an account.
    SecurityEvent(SecurityEvent),
    /// Something that administrators decide.
    ModerationCase(ModerationCase),
    /// A report about a posting.
    PostingReport(PostingReport),
    /// A copy of everything held about a person.
    AccountExport(AccountExport),
}

impl Node {
    /// The object, if it exists and the viewer may see it. Hidden objects answer like absent ones.
    ///
    /// # Errors
    /// The database failed.
    pub async fn load(ctx: &Context<'_>, kind: Kind, id: Uuid) -> async_graphql::Result<Option<Self>> {
        let loads = ctx.loads();
        Ok(match kind {
            Kind::Account if ctx.viewer().is_administrator() => {
                one(loads, AccountById(id)).await?.map(|row| Self::Account(Account(row)))
            }
            Kind::Account => ctx.viewer().account().filter(|me| me.account.id == id).map(|me| Self::Account(me.into())),
            Kind::Session => one(loads, SessionById(id))
                .await?
                .filter(|row| ctx.viewer().account().is_some_and(|me| me.account.id == row.account_id))
                .map(|row| Self::Session(Session(row))),
            Kind::Employer => one(loads, EmployerById(id)).await?.map(|row| Self::Employer(Employer(row))),
            Kind::Membership => one(loads, MembershipById(id))
                .await?
                .filter(|row| ctx.viewer().is_member(row.employer_id))
                .map(|row| Self::Member(Member(row))),
            Kind::Candidate => match one(loads, CandidateById(id)).await?.map(Candidate) {
                Some(candidate) => candidate.is_visible(ctx).await?.then_some(Self::Candidate(candidate)),
                None => None,
            },
            Kind::Invitation => match one(loads, InvitationById(id)).await?.map(Invitation) {
                Some(invitation) => invitation.is_visible(ctx).await?.then_some(Self::Invitation(invitation)),
                None => None,
            },
            Kind::SavedSearch => own_search(ctx, id).await?.map(Self::SavedSearch),
            Kind::MemberInvitation => one(loads, MemberInvitationById(id))
                .await?
                .filter(|row| ctx.viewer().owner(row.employer_id).is_ok())
                .map(|row| Self::MemberInvitation(MemberInvitation(row))),
            Kind::Posting => one(loads, PostingById(id))
                .await?
                .map(Posting)
                .filter(|posting| posting.is_visible(ctx))
                .map(Self::Posting),
            Kind::Application => match one(loads, ApplicationById(id)).await?.map(Application) {
                Some(application) => application.side(ctx).await?.map(|_| Self::Application(application)),
                None => None,
            },
            Kind::Resume => match one(loads, ResumeById(id)).await?.map(Resume) {
                Some(resume) => resume.is_visible(ctx).await?.then_some(Self::Resume(resume)),
                None => None,
            },
            Kind::ApplicationNote => match one(loads, NoteById(id)).await? {
                Some(row) => {
                    let application = one(loads, ApplicationById(row.application_id)).await?.map(Application);
                    let Some(application) = application else { return Ok(None) };
                    let is_ours = application.side(ctx).await? == Some(Party::Employer);
                    is_ours.then_some(Self::ApplicationNote(ApplicationNote(row)))
                }
                None => None,
            },
            Kind::Role => one(loads, RoleById(id)).await?.map(|row| Self::Role(Role(row))),
            Kind::Skill => one(loads, SkillById(id)).await?.map(|row| Self::Skill(Skill(row))),
            Kind::Place => one(loads, PlaceById(id)).await?.map(|row| Self::Place(Place(row))),
            Kind::Industry => one(loads, IndustryById(id)).await?.map(|row| Self::Industry(Industry(row))),
            Kind::CitedSalary => one(loads, CitedSalaryById(id)).await?.map(|row| Self::CitedSalary(CitedSalary(row))),
            Kind::CitedDemand => one(loads, CitedDemandById(id)).await?.map(|row| Self::CitedDemand(CitedDemand(row))),
            Kind::Outlook => one(loads, OutlookById(id)).await?.map(|row| Self::Outlook(Outlook(row))),
            Kind::Course => one(loads, CourseById(id)).await?.map(|row| Self::Course(Course(row))),
            Kind::TrainingPath => {
                one(loads, TrainingPathById(id)).await?.map(|row| Self::TrainingPath(TrainingPath(row)))
            }
            Kind::AuditEntry if ctx.viewer().is_administrator() => {
                one(loads, AuditEntryById(id)).await?.map(|row| Self::AuditEntry(AuditEntry(row)))
            }
            Kind::ModerationCase if ctx.viewer().is_administrator() => {
                one(loads, CaseById(id)).await?.map(|row| Self::ModerationCase(ModerationCase(row)))
            }
            // An upload is a promise to one client, not a thing to look up.
            Kind::AuditEntry | Kind::ModerationCase | Kind::Upload => None,
            Kind::SecurityEvent => one(loads, AuditEntryById(id))
                .await?
                .filter(|row| ctx.viewer().account().is_some_and(|me| is_about(row, me.account.id)))
                .map(|row| Self::SecurityEvent(SecurityEvent(row))),
            Kind::PostingReport => one(loads, ReportById(id))
                .await?
                .map(PostingReport)
                .filter(|report| report.is_visible(ctx))
                .map(Self::PostingReport),
            Kind::AccountExport => one(loads, ExportById(id))
                .await?
                .filter(|row| ctx.viewer().account().is_some_and(|me| me.account.id == row.account_id))
                .map(|row| Self::AccountExport(AccountExport(row))),
        })
    }
}

/// Objects by identifier.
#[derive(Default)]
pub struct NodeQuery;

/// Objects by identifier.
#[Object]
impl NodeQuery {
    /// The object with this identifier, if it exists and the viewer may see it.
    #[graphql(cache_control(max_age = 60))]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Identifier of any object.")] id: ID,
    ) -> async_graphql::Result<Option<Node>> {
        load(ctx, &id).await
    }

    /// The objects with these identifiers, in the same order; null for those that do not exist or are hidden.
    #[graphql(cache_control(max_age = 60))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 identifiers.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        if ids.len() > 100 {
            return Err(bad_argument("ids", "at most 100 identifiers."));
        }
        try_join_all(ids.iter().map(|id| load(ctx, id))).await
    }
}

async fn load(ctx: &Context<'_>, id: &str) -> async_graphql::Result<Option<Node>> {
    match ids::decode_any(id) {
        Some((kind, id)) => Node::load(ctx, kind, id).await,
        None => Ok(None),
    }
}
