//! A filter as it is written: with slugs, codes and public identifiers, as the contract's `PostingFilter` is in JSON. It is
//! read into a [`PostingFilter`] for the moment, and can be kept: what it names is looked up again whenever it is read.

mod size;

use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{MAX_DEPTH, PlaceFilter, PostingFilter, Scope, Search};
use crate::clock::Timestamp;
use crate::entities::sets::{EducationLevel, EmploymentType, ExperienceLevel, PayStatus, Workplace};
use crate::error::{Code, Failure, Outcome, Refusal};
use crate::ids::{self, Kind};
use crate::market::annual::{Measure, annual_value};
use crate::money::{Currency, PayPeriod, PayRange, parse_amount};
use crate::places::near::{Circle, within};
use crate::reference::Reference;

/// A filter as it is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FilterForm {
    /// Slugs of roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Slugs of skills, of which the posting asks for at least one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skills: Option<Vec<String>>,
    /// Slugs of skills, of which the posting asks for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_skills: Option<Vec<String>>,
    /// Slugs of industries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industries: Option<Vec<String>>,
    /// Public identifiers of employers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employers: Option<Vec<String>>,
    /// ISO 3166-1 codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub countries: Option<Vec<String>>,
    /// Places of the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<PlaceForm>>,
    /// Where the work is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workplaces: Option<Vec<Workplace>>,
    /// Forms of employment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employment_types: Option<Vec<EmploymentType>>,
    /// Seniority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience_levels: Option<Vec<ExperienceLevel>>,
    /// Education asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub education_levels: Option<Vec<EducationLevel>>,
    /// Language tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
    /// Least pay of a full-time year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_at_least: Option<FloorForm>,
    /// Whether the pay is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_statuses: Option<Vec<PayStatus>>,
    /// First published at or after this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_since: Option<Timestamp>,
    /// First published before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_before: Option<Timestamp>,
    /// All of these too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub and: Option<Vec<Self>>,
    /// At least one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub or: Option<Vec<Self>>,
    /// Not this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<Self>>,
}

/// A place as it is written: exactly one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PlaceForm {
    /// ISO 3166-1.
    Country(String),
    /// ISO 3166-2.
    Region(String),
    /// The public identifier of a place.
    Place(String),
    /// All within a distance of a point.
    Near(NearForm),
}

/// A circle as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearForm {
    /// Degrees north of the equator.
    pub latitude: f64,
    /// Degrees east of Greenwich.
    pub longitude: f64,
    /// Kilometres.
    pub km: f64,
}

/// The least pay of a full-time year as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloorForm {
    /// The amount in major units.
    pub amount: String,
    /// The code of its currency.
    pub currency: String,
}

/// Reads forms: places near a point in the database, pay at the rates of the day.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a, C> {
    /// Where places are found.
    pub db: &'a C,
    /// Rates and titles.
    pub reference: &'a Reference,
    /// The moment for which it is read.
    pub now: Timestamp,
}

impl<C: ConnectionTrait> Reader<'_, C> {
    /// Reads which postings are meant.
    ///
    /// # Errors
    /// A refusal at `filter` or below it, or at `search`; or the database failed.
    pub async fn scope(&self, filter: Option<&FilterForm>, search: Option<&str>) -> Outcome<Scope> {
        let filter = match filter {
            Some(form) => {
                form.check_size("filter")?;
                self.filter(form, "filter", 0).await?
            }
            None => PostingFilter::default(),
        };
        let search = match search {
            Some(text) if text.chars().count() > 200 => {
                return Err(Failure::refused(Code::TooLong, "search", "At most 200 characters."));
            }
            Some(text) => Search::new(text, &self.reference.skills).map(|search| {
                let titles = &self.reference.titles;
                search.with_role(titles.resolve(text), titles.named(text))
            }),
            None => None,
        };
        Ok(Scope { filter, search })
    }

    async fn filter(&self, form: &FilterForm, path: &str, depth: usize) -> Outcome<PostingFilter> {
        if depth > MAX_DEPTH {
            return Err(Failure::refused(Code::Invalid, path, "`and`, `or` and `not` may be nested to depth 3."));
        }
        form.check_lengths(path)?;
        let at = |name: &str| format!("{path}.{name}");
        let named = |kind, slugs: &Option<Vec<String>>| {
            slugs.as_ref().map(|slugs| slugs.iter().map(|slug| ids::of_name(kind, slug)).collect())
        };
        Ok(PostingFilter {
            roles: named(Kind::Role, &form.roles),
            skills: named(Kind::Skill, &form.skills),
            all_skills: named(Kind::Skill, &form.all_skills),
            industries: named(Kind::Industry, &form.industries),
            employers: identified(form.employers.as_deref(), Kind::Employer, &at("employers"))?,
            countries: form.countries.clone(),
            places: self.places(form.places.as_deref(), &at("places")).await?,
            workplaces: form.workplaces.clone(),
            employment_types: form.employment_types.clone(),
            experience_levels: form.experience_levels.clone(),
            education_levels: form.education_levels.clone(),
            languages: form.languages.clone(),
            pay_at_least: form.pay_at_least.as_ref().map(|floor| self.floors(floor, &at("payAtLeast"))).transpose()?,
            pay_statuses: form.pay_statuses.clone(),
            published_since: form.published_since,
            published_before: form.published_before,
            and: self.filters(form.and.as_deref(), &at("and"), depth).await?,
            or: self.filters(form.or.as_deref(), &at("or"), depth).await?,
            not: match &form.not {
                Some(form) => Some(Box::new(Box::pin(self.filter(form, &at("not"), depth + 1)).await?)),
                None => None,
            },
        })
    }

    async fn filters(&self, forms: Option<&[FilterForm]>, path: &str, depth: usize) -> Outcome<Vec<PostingFilter>> {
        let mut read = Vec::new();
        for (at, form) in forms.into_iter().flatten().enumerate() {
            read.push(Box::pin(self.filter(form, &format!("{path}.{at}"), depth + 1)).await?);
        }
        Ok(read)
    }

    /// Reads which places are meant.
    ///
    /// # Errors
    /// A refusal below `path`; or the database failed.
    pub async fn places(&self, places: Option<&[PlaceForm]>, path: &str) -> Outcome<Option<Vec<PlaceFilter>>> {
        let Some(places) = places else { return Ok(None) };
        size::check_circles(places, path)?;
        let mut read = Vec::with_capacity(places.len());
        for (at, place) in places.iter().enumerate() {
            read.push(match place {
                PlaceForm::Country(code) => PlaceFilter::Country(code.clone()),
                PlaceForm::Region(code) => PlaceFilter::Region(code.clone()),
                PlaceForm::Place(id) => {
                    let refusal = "This is not the identifier of a place.";
                    let place = ids::decode(Kind::Place, id)
                        .ok_or_else(|| Refusal::new(Code::Invalid, &format!("{path}.{at}.place"), refusal))?;
                    PlaceFilter::Among(vec![place])
                }
                PlaceForm::Near(near) => {
                    let circle = Circle::new(near.latitude, near.longitude, near.km);
                    let circle = circle.map_err(|refusal| refusal.below(&format!("{path}.{at}.near")))?;
                    PlaceFilter::Among(within(self.db, &circle).await?)
                }
            });
        }
        Ok(Some(read))
    }

    /// What the amount is in every currency at the latest rates, rounded up to a minor unit.
    fn floors(&self, floor: &FloorForm, path: &str) -> Outcome<Vec<(String, i64)>> {
        let refused = |part: &str, message: String| Refusal::new(Code::Invalid, &format!("{path}.{part}"), message);
        let from = Currency::parse(&floor.currency).map_err(|error| refused("currency", format!("{error}.")))?;
        let minor = parse_amount(&floor.amount, from).map_err(|error| refused("amount", format!("{error}.")))?;
        if minor < 0 {
            return Err(refused("amount", "It must not be negative.".to_owned()).into());
        }
        let today = self.now.date_naive();
        let pay = PayRange::new(Some(minor), None, from, PayPeriod::Year, None).ok();
        let value = pay.and_then(|pay| annual_value(&pay, Measure::Floor, &self.reference.factors));
        let others = Currency::all().filter_map(|to| {
            let amount = if to == from { value? } else { self.reference.rates.convert(value?, from, to, today)? };
            Some((to.code().to_owned(), i64::try_from(amount.rounded()).ok()?))
        });
        Ok(others.collect())
    }
}

fn identified(items: Option<&[String]>, kind: Kind, path: &str) -> Outcome<Option<Vec<Uuid>>> {
    let Some(items) = items else { return Ok(None) };
    let read = items.iter().enumerate().map(|(at, id)| {
        let refused = || Failure::refused(Code::Invalid, &format!("{path}.{at}"), "This is not such an identifier.");
        ids::decode(kind, id).ok_or_else(refused)
    });
    read.collect::<Outcome<_>>().map(Some)
}

impl FilterForm {
    /// The same filter in the one form that it has when it is kept: lists in order and without repetitions.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        /// Sorts by what things are written as, which tells different ones apart.
        fn sort<T: Serialize>(items: &mut Option<Vec<T>>) {
            if let Some(items) = items {
                let text = |item: &T| serde_json::to_string(item).unwrap_or_default();
                items.sort_by_cached_key(text);
                items.dedup_by_key(|item| text(item));
            }
        }
        let below = |forms: Option<Vec<Self>>| forms.map(|forms| forms.into_iter().map(Self::canonical).collect());
        (self.and, self.or) = (below(self.and), below(self.or));
        self.not = self.not.map(|form| Box::new(form.canonical()));
        for names in [
            &mut self.roles,
            &mut self.skills,
            &mut self.all_skills,
            &mut self.industries,
            &mut self.employers,
            &mut self.countries,
            &mut self.languages,
        ] {
            sort(names);
        }
        sort(&mut self.places);
        sort(&mut self.workplaces);
        sort(&mut self.employment_types);
        sort(&mut self.experience_levels);
        sort(&mut self.education_levels);
        sort(&mut self.pay_statuses);
        sort(&mut self.and);
        sort(&mut self.or);
        self
    }
}

/// A filter as it is kept, so that a later form can be told from this one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    version: u8,
    filter: FilterForm,
}

/// The version of the form in which filters are kept.
const VERSION: u8 = 1;

/// A filter that was kept by a server of another version.
#[derive(Debug, thiserror::Error)]
#[error("a kept filter of another form: {0}")]
pub struct UnknownForm(String);

impl FilterForm {
    /// The filter to be kept.
    ///
    /// # Errors
    /// None that is to be expected.
    pub fn keep(self) -> Outcome<serde_json::Value> {
        let kept = Kept { version: VERSION, filter: self.canonical() };
        serde_json::to_value(kept).map_err(|error| Failure::from(anyhow::Error::from(error)))
    }

    /// A filter that was kept.
    ///
    /// # Errors
    /// It was kept by a server of another version.
    pub fn kept(value: &serde_json::Value) -> Result<Self, UnknownForm> {
        let kept = Kept::deserialize(value).map_err(|error| UnknownForm(error.to_string()))?;
        if kept.version == VERSION { Ok(kept.filter) } else { Err(UnknownForm(format!("version {}", kept.version))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_filter_is_kept_in_one_form() {
        let written = json!({
            "roles": ["b", "a", "b"], "workplaces": ["REMOTE", "HYBRID"], "places": [{"near": {"latitude": 1.5, "longitude": 2.0, "km": 3.0}}],
            "payAtLeast": {"amount": "1.50", "currency": "EUR"}, "or": [{"roles": ["c"]}, {"languages": []}], "not": {"countries": ["US"]},
            "publishedSince": "2026-01-01T00:00:00Z",
        });
        let form: FilterForm = serde_json::from_value(written).expect("a filter");
        let kept = form.clone().keep().expect("kept");
        assert_eq!((&kept["version"], &kept["filter"]["roles"]), (&json!(1), &json!(["a", "b"])));
        assert_eq!(kept["filter"]["or"], json!([{"languages": []}, {"roles": ["c"]}]));
        let read = FilterForm::kept(&kept).expect("read");
        assert_eq!(read, form.canonical());
        assert_eq!(read.keep().expect("kept"), kept);
    }

    #[test]
    fn what_a_server_does_not_know_is_not_left_out() {
        for strange in
            [json!({"version": 2, "filter": {}}), json!({"version": 1, "filter": {"moods": ["GOOD"]}}), json!({})]
        {
            assert!(FilterForm::kept(&strange).is_err(), "{strange}");
        }
    }
}
