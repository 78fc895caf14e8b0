//! A small board drawn from a fixed seed.

use std::collections::HashSet;

use chrono::{Days, TimeDelta};
use sea_orm::Iterable;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::sets::{
    ApplicationStatus, ApplyKind, ExperienceLevel, Importance, Lines, PayPeriod, PayStatus, PlaceKind, PostingStatus,
    Questions, SearchStatus, Visibility, Workplace,
};
use crate::entities::{
    account, active_day, application, candidate, candidate_skill, employer, industry, place, posting, posting_place,
    role, skill, skill_requirement, target_place, target_role,
};

/// The instant of all tests.
pub fn now() -> Timestamp {
    "2026-11-21T09:30:00Z".parse().expect("an instant")
}

/// xorshift64*: the same numbers everywhere.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    pub fn number(&mut self, bound: u32) -> i32 {
        i32::try_from(self.below(bound.into())).expect("small")
    }

    pub fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    pub fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).expect("small")].clone()
    }

    pub fn some<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        (!self.one_in(5)).then(|| self.pick(items))
    }

    /// Up to three different items.
    pub fn few<T: Clone + Eq>(&mut self, items: &[T]) -> Vec<T> {
        let mut few = Vec::new();
        for _ in 0..self.below(4) {
            let item = self.pick(items);
            if !few.contains(&item) {
                few.push(item);
            }
        }
        few
    }

    pub fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.below(u64::MAX), self.below(u64::MAX))
    }

    /// Up to so many days ago, to the microsecond.
    pub fn ago(&mut self, days: u64) -> Timestamp {
        now() - TimeDelta::microseconds(i64::try_from(self.below(days * 86_400) * 1_000_000 + 7).expect("small"))
    }
}

/// Every row of the board.
#[derive(Default)]
pub struct World {
    pub employers: Vec<employer::Model>,
    pub industries: Vec<industry::Model>,
    pub roles: Vec<role::Model>,
    pub skills: Vec<skill::Model>,
    pub places: Vec<place::Model>,
    pub postings: Vec<posting::Model>,
    pub posting_places: Vec<posting_place::Model>,
    pub requirements: Vec<skill_requirement::Model>,
    pub accounts: Vec<account::Model>,
    pub candidates: Vec<candidate::Model>,
    pub target_roles: Vec<target_role::Model>,
    pub target_places: Vec<target_place::Model>,
    pub skills_held: Vec<candidate_skill::Model>,
    pub active_days: Vec<active_day::Model>,
    pub applications: Vec<application::Model>,
}

impl World {
    pub fn draw(seed: u64) -> Self {
        let (mut world, mut draw) = (Self::default(), Draw(seed));
        world.draw_reference(&mut draw);
        for _ in 0..200 {
            world.draw_posting(&mut draw);
        }
        for _ in 0..200 {
            world.draw_candidate(&mut draw);
        }
        let mut pairs = HashSet::new();
        for _ in 0..600 {
            let (posting_id, candidate_id) = (draw.pick(&world.postings).id, draw.pick(&world.candidates).id);
            let (id, submitted_at) = (draw.id(), draw.ago(60));
            if pairs.insert((posting_id, candidate_id)) {
                let (external_id, status) = (None, draw.pick(&ApplicationStatus::iter().collect::<Vec<_>>()));
                let updated_at = submitted_at;
                world.applications.push(application::Model {
                    id,
                    external_id,
                    posting_id,
                    candidate_id,
                    status,
                    submitted_at,
                    version: 1,
                    updated_at,
                    posting_copy_id: None,
                    cover_letter: None,
                    answers: None,
                    reason: None,
                    handled_at: None,
                    anonymised_at: None,
                    resume_id: None,
                });
            }
        }
        world
    }

    fn draw_reference(&mut self, draw: &mut Draw) {
        use PlaceKind::{City, Country, Region};
        for number in 0..6 {
            let (id, slug) = (draw.id(), format!("thing-{number}"));
            let (name, name_key, created_at) = (format!("Thing {number}"), format!("thing {number}"), draw.ago(300));
            self.industries.push(industry::Model {
                id,
                slug: slug.clone(),
                name: name.clone(),
                name_key: name_key.clone(),
            });
            self.skills.push(skill::Model {
                id,
                slug: slug.clone(),
                name: name.clone(),
                name_key: name_key.clone(),
                kind: None,
                is_reviewed: true,
            });
            self.employers.push(employer::Model {
                id,
                external_id: None,
                slug: slug.clone(),
                name: name.clone(),
                name_key: name_key.clone(),
                about: None,
                website: None,
                industry_id: None,
                headcount: None,
                verified_at: None,
                version: 1,
                created_at,
                updated_at: created_at,
            });
            self.roles.push(role::Model {
                id,
                slug,
                title: name,
                title_key: name_key,
                parent_id: None,
                soc_code: None,
                esco_code: None,
                education_level: None,
                experience_min_years: None,
                experience_max_years: None,
                summary: None,
                responsibilities: Lines::default(),
                how_to_enter: Lines::default(),
            });
        }
        let places = [
            (Country, "US", None, None),
            (Country, "DE", None, None),
            (Region, "US", Some("US-NY"), None),
            (Region, "US", Some("US-CA"), None),
            (City, "US", Some("US-NY"), Some("New York")),
            (City, "US", Some("US-NY"), Some("Albany")),
            (City, "US", Some("US-CA"), Some("Fresno")),
            (City, "DE", None, Some("Berlin")),
            (City, "US", None, Some("Springfield")),
        ];
        for (kind, country, region, city) in places {
            let name = city.or(region).unwrap_or(country).to_owned();
            self.places.push(place::Model {
                id: draw.id(),
                kind,
                country_code: country.into(),
                region_code: region.map(Into::into),
                city: city.map(Into::into),
                name_key: name.to_lowercase(),
                name,
                latitude: None,
                longitude: None,
                population: None,
                is_reviewed: true,
            });
        }
    }

    fn draw_posting(&mut self, draw: &mut Draw) {
        let id = draw.id();
        // Most of the board is published; a Draft may have an instant from before it was sent back.
        let status = draw.pick(&PostingStatus::iter().chain([PostingStatus::Published; 8]).collect::<Vec<_>>());
        let is_draft = matches!(status, PostingStatus::Draft | PostingStatus::PendingReview | PostingStatus::Rejected);
        let published_at = (!is_draft || draw.one_in(3)).then(|| draw.ago(200));
        let valid_through = published_at.map(|at| at + TimeDelta::hours(draw.below(24 * 120).cast_signed()));
        let closed_at = published_at
            .filter(|_| status == PostingStatus::Closed)
            .map(|at| at + TimeDelta::hours(draw.below(24 * 60).cast_signed()));
        let min = draw.some(&[2_000, 3_550, 6_000_000, 9_999_999_i64]);
        let has_max = min.is_some() && !draw.one_in(4);
        let max = has_max.then(|| min.unwrap_or(0) + i64::from(draw.number(500_000)));
        let is_stated = !draw.one_in(6);
        let pay_status =
            if is_stated { PayStatus::Stated } else { draw.pick(&[PayStatus::Unpaid, PayStatus::Withheld]) };
        let created_at = draw.ago(300);
        self.postings.push(posting::Model {
            id,
            employer_id: draw.pick(&self.employers).id,
            external_id: None,
            status,
            title: "T".into(),
            title_key: "t".into(),
            description: "D".into(),
            search_text: " t d ".into(),
            search_hash: None,
            language: Some("en".into()),
            role_id: draw.some(&self.roles).map(|role| role.id),
            industry_id: draw.some(&self.industries).map(|industry| industry.id),
            employment_types: draw.number(8),
            workplace: draw.pick(&Workplace::iter().collect::<Vec<_>>()),
            is_worldwide: draw.one_in(9),
            experience_level: draw.some(&ExperienceLevel::iter().collect::<Vec<_>>()),
            experience_months: None,
            education: None,
            openings: 1 + draw.number(4),
            hired: draw.number(3),
            pay_status,
            pay_min: min.filter(|_| is_stated),
            pay_max: max.filter(|_| is_stated),
            pay_currency: is_stated.then(|| draw.pick(&["EUR", "EUR", "USD", "GBP"]).to_owned()),
            pay_period: is_stated.then(|| draw.pick(&PayPeriod::iter().collect::<Vec<_>>())),
            pay_hours_per_week: is_stated.then(|| draw.pick(&[2_000, 3_750, 4_000])),
            pay_other: None,
            pay_annual: None,
            pay_rank: None,
            benefits: Lines::default(),
            apply_kind: ApplyKind::Internal,
            apply_target: None,
            questions: Questions::default(),
            published_at,
            valid_through,
            closed_at,
            close_reason: None,
            reject_reason: None,
            version: 1,
            created_at,
            updated_at: created_at,
        });
        for (position, at) in (0..).zip(draw.few(&(0..self.places.len()).collect::<Vec<_>>())) {
            let place::Model { id: place_id, country_code, region_code, .. } = self.places[at].clone();
            self.posting_places.push(posting_place::Model {
                posting_id: id,
                place_id,
                position,
                country_code,
                region_code,
            });
        }
        for (position, at) in (0..).zip(draw.few(&(0..self.skills.len()).collect::<Vec<_>>())) {
            let importance = draw.pick(&[Importance::Required, Importance::Preferred]);
            let (min_level, min_months) = (draw.some(&[1, 2, 3]), draw.some(&[0, 12]));
            self.requirements.push(skill_requirement::Model {
                posting_id: id,
                skill_id: self.skills[at].id,
                position,
                importance,
                min_level,
                min_months,
                weight: 5,
            });
        }
    }

    fn draw_candidate(&mut self, draw: &mut Draw) {
        let (id, account_id, created_at) = (draw.id(), draw.id(), draw.ago(300));
        let email = format!("{}@example.org", account_id.simple());
        self.accounts.push(account::Model {
            id: account_id,
            email_key: email.clone(),
            email,
            email_verified_at: draw.some(&[created_at]),
            name: "N".into(),
            password_hash: None,
            is_admin: false,
            created_at,
            updated_at: created_at,
            suspended_at: None,
            suspension_reason: None,
            erased_at: None,
            failed_sign_ins: 0,
        });
        self.candidates.push(candidate::Model {
            id,
            account_id,
            external_id: None,
            headline: None,
            about: None,
            home_place_id: None,
            search_status: draw.pick(&SearchStatus::iter().collect::<Vec<_>>()),
            visibility: Visibility::Private,
            wants_remote: draw.one_in(3),
            expected_pay: None,
            expected_currency: None,
            expected_period: None,
            version: 1,
            created_at,
            updated_at: created_at,
        });
        let numbers: Vec<usize> = (0..6).collect();
        for (position, at) in (0..).zip(draw.few(&numbers)) {
            self.target_roles.push(target_role::Model { candidate_id: id, role_id: self.roles[at].id, position });
        }
        for (position, at) in (0..).zip(draw.few(&(0..self.places.len()).collect::<Vec<_>>())) {
            self.target_places.push(target_place::Model { candidate_id: id, place_id: self.places[at].id, position });
        }
        for (position, at) in (0..).zip(draw.few(&numbers)) {
            let (skill_id, level, months) = (self.skills[at].id, draw.some(&[1, 3, 5]), draw.some(&[6, 12, 60]));
            self.skills_held.push(candidate_skill::Model { candidate_id: id, skill_id, position, level, months });
        }
        // Days at the edge of the window come often.
        for ago in draw.few(&[0, 1, 27, 28, 29, 40, 75, 100, 120]) {
            self.active_days.push(active_day::Model { candidate_id: id, day: now().date_naive() - Days::new(ago) });
        }
    }

    pub fn place(&self, id: Uuid) -> &place::Model {
        self.places.iter().find(|place| place.id == id).expect("a place")
    }

    /// Whether the filter of countries holds: a place there, or remote and open to the whole world.
    pub fn is_in(&self, posting: &posting::Model, country: &str) -> bool {
        let mut places = self.posting_places.iter().filter(|at| at.posting_id == posting.id);
        places.any(|at| at.country_code == country) || (posting.workplace == Workplace::Remote && posting.is_worldwide)
    }
}
