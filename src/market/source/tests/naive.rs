//! The definitions of the market, by the letter and without any cleverness.

use std::collections::HashSet;

use chrono::{Datelike, TimeDelta};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::world::{World, now};
use crate::clock::Timestamp;
use crate::entities::sets::{EmploymentType, Importance, PayStatus, PlaceKind, PostingStatus, SearchStatus, Workplace};
use crate::entities::{candidate, place, posting};
use crate::market::dimension::{Dimension, GroupKey};
use crate::market::salary::{PayRow, PostedPay};
use crate::market::seekers::SeekerCounts;
use crate::postings::model::pay_of;

/// The postings of a scope, counted by hand.
pub struct Naive<'a> {
    world: &'a World,
    meant: Vec<&'a posting::Model>,
}

impl<'a> Naive<'a> {
    pub fn new(world: &'a World, is_meant: impl Fn(&posting::Model) -> bool) -> Self {
        Self { world, meant: world.postings.iter().filter(|posting| is_meant(posting)).collect() }
    }

    fn those(&self, are_meant: impl Fn(&posting::Model) -> bool) -> Vec<&'a posting::Model> {
        self.meant.iter().copied().filter(|posting| are_meant(posting)).collect()
    }

    pub fn open(&self, at: Timestamp) -> Vec<&'a posting::Model> {
        self.those(|posting| {
            posting.status == PostingStatus::Published
                && posting.published_at.is_some_and(|published| published <= at)
                && posting.valid_through.is_some_and(|until| at < until)
        })
    }

    fn was_published(posting: &posting::Model) -> bool {
        use PostingStatus::{Closed, Paused, Published};
        matches!(posting.status, Published | Paused | Closed) && posting.published_at.is_some()
    }

    pub fn published(&self, from: Timestamp, to: Timestamp) -> Vec<&'a posting::Model> {
        self.those(|posting| {
            Self::was_published(posting) && posting.published_at.is_some_and(|at| from <= at && at < to)
        })
    }

    pub fn shown(&self, at: Timestamp) -> Vec<&'a posting::Model> {
        if at == now() {
            return self.open(at);
        }
        self.those(|posting| {
            Self::was_published(posting)
                && posting.published_at.is_some_and(|published| published <= at)
                && posting.valid_through.is_none_or(|until| at < until)
                && posting.closed_at.is_none_or(|closed| at < closed)
        })
    }

    pub fn pay(posting: &posting::Model) -> PayRow {
        let pay = match posting.pay_status {
            PayStatus::Stated => pay_of(posting).map_or(PostedPay::StatedWithoutAmount, PostedPay::Stated),
            PayStatus::Unpaid => PostedPay::Unpaid,
            PayStatus::Withheld => PostedPay::Withheld,
        };
        let published = posting.published_at.expect("was published").date_naive();
        PayRow { employer: posting.employer_id, pay, published }
    }

    fn places_of(&self, posting: Uuid) -> Vec<&'a place::Model> {
        let of = self.world.posting_places.iter().filter(|at| at.posting_id == posting);
        of.map(|at| self.world.place(at.place_id)).collect()
    }

    pub fn keys(&self, posting: &posting::Model, by: Dimension) -> Vec<GroupKey> {
        let places = self.places_of(posting.id);
        match by {
            Dimension::Role => posting.role_id.map(GroupKey::Thing).into_iter().collect(),
            Dimension::Industry => posting.industry_id.map(GroupKey::Thing).into_iter().collect(),
            Dimension::Country => places.iter().map(|at| GroupKey::Word(at.country_code.clone())).collect(),
            Dimension::Region => places.iter().filter_map(|at| at.region_code.clone()).map(GroupKey::Word).collect(),
            Dimension::Place => places.iter().map(|at| GroupKey::Thing(at.id)).collect(),
            Dimension::Workplace => vec![GroupKey::Word(posting.workplace.to_value())],
            Dimension::ExperienceLevel => {
                posting.experience_level.iter().map(|level| GroupKey::Word(level.to_value())).collect()
            }
            Dimension::EmploymentType => {
                let forms = EmploymentType::of_bits(posting.employment_types);
                forms.iter().map(|form| GroupKey::Word(form.to_value())).collect()
            }
            Dimension::Skill => {
                let asked = self.world.requirements.iter().filter(|asked| asked.posting_id == posting.id);
                asked.map(|asked| GroupKey::Thing(asked.skill_id)).collect()
            }
            Dimension::Month => {
                let day = posting.published_at.expect("was published").date_naive();
                vec![GroupKey::Month(day.with_day(1).expect("a first day"))]
            }
        }
    }

    /// Counts the seekers of these postings at an instant, one pair after the other.
    pub fn count(&self, postings: &[&posting::Model], at: Timestamp) -> SeekerCounts {
        let since = at - TimeDelta::days(28);
        let ids: HashSet<Uuid> = postings.iter().map(|posting| posting.id).collect();
        let in_window = |submitted| since < submitted && submitted <= at;
        let applications = self.world.applications.iter();
        let applications = applications.filter(|made| ids.contains(&made.posting_id) && in_window(made.submitted_at));
        let candidates: Vec<Uuid> = applications.map(|made| made.candidate_id).collect();
        let applicants: HashSet<Uuid> = candidates.iter().copied().collect();
        let seeks = |candidate: &&candidate::Model| {
            self.is_active(candidate, since, at)
                && (applicants.contains(&candidate.id) || postings.iter().any(|posting| self.meets(candidate, posting)))
        };
        let seekers: Vec<_> = self.world.candidates.iter().filter(seeks).collect();
        let qualified = seekers.iter().filter(|candidate| postings.iter().any(|posting| self.can(candidate, posting)));
        let left = |posting: &&posting::Model| u64::try_from(posting.openings - posting.hired).unwrap_or(0);
        SeekerCounts {
            postings: postings.len() as u64,
            openings: postings.iter().map(left).sum(),
            employers: postings.iter().map(|posting| posting.employer_id).collect::<HashSet<_>>().len() as u64,
            applications: candidates.len() as u64,
            applicants: applicants.len() as u64,
            qualified_seekers: qualified.count() as u64,
            seekers: seekers.len() as u64,
        }
    }

    fn is_active(&self, candidate: &candidate::Model, since: Timestamp, at: Timestamp) -> bool {
        let mut accounts = self.world.accounts.iter();
        let account = accounts.find(|account| account.id == candidate.account_id).expect("an account");
        let (before, last) = (since.date_naive(), at.date_naive());
        let mut days = self.world.active_days.iter().filter(|active| active.candidate_id == candidate.id);
        candidate.search_status != SearchStatus::Closed
            && account.email_verified_at.is_some()
            && days.any(|active| before < active.day && active.day <= last)
    }

    /// Whether a target (role, and place or remote) meets the posting.
    fn meets(&self, candidate: &candidate::Model, posting: &posting::Model) -> bool {
        let mut roles = self.world.target_roles.iter().filter(|target| target.candidate_id == candidate.id);
        if !roles.any(|target| posting.role_id == Some(target.role_id)) {
            return false;
        }
        let here = self.places_of(posting.id);
        let targets = self.world.target_places.iter().filter(|target| target.candidate_id == candidate.id);
        let mut targets = targets.map(|target| self.world.place(target.place_id));
        let meets = |target: &place::Model| {
            here.iter().any(|at| match target.kind {
                PlaceKind::Country => at.country_code == target.country_code,
                PlaceKind::Region => at.region_code == target.region_code,
                PlaceKind::City => at.id == target.id,
            })
        };
        (candidate.wants_remote && posting.workplace == Workplace::Remote) || targets.any(meets)
    }

    /// Whether the candidate has every required skill.
    fn can(&self, candidate: &candidate::Model, posting: &posting::Model) -> bool {
        let asked = self.world.requirements.iter().filter(|asked| asked.posting_id == posting.id);
        let mut required = asked.filter(|asked| asked.importance == Importance::Required);
        required.all(|asked| {
            self.world.skills_held.iter().any(|held| {
                held.candidate_id == candidate.id
                    && held.skill_id == asked.skill_id
                    && (asked.min_level.is_none() || held.level >= asked.min_level)
                    && (asked.min_months.is_none() || held.months >= asked.min_months)
            })
        })
    }
}
