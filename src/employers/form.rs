//! An employer as a client writes it, and how it is read: everything wrong with it is told at once.

use sea_orm::{ConnectionTrait, Set};

use super::model;
use crate::entities::employer;
use crate::entities::sets::Headcount;
use crate::error::{Code, Outcome, Refusals};
use crate::form::Change;
use crate::reference::places;
use crate::reference::resolve::{FoundPlace, PlaceName, Resolver};
use crate::text;

/// An employer as it is written. What is `Keep` stays as it is, or is empty when the employer is new.
#[derive(Clone, Debug, Default)]
pub struct EmployerForm {
    /// Name; it cannot be cleared.
    pub name: Change<String>,
    /// Address part; made of the name when a new employer has none, and never cleared.
    pub slug: Change<String>,
    /// Markdown.
    pub about: Change<String>,
    /// Address of a web page.
    pub website: Change<String>,
    /// Slug of an industry.
    pub industry: Change<String>,
    /// How many people it has.
    pub headcount: Change<Headcount>,
    /// Where it has people; replaces the list.
    pub places: Change<Vec<PlaceName>>,
}

/// An employer that was read: the columns to write, and the places if they are replaced.
#[derive(Debug, Default)]
pub struct Reading {
    /// Columns that change.
    pub columns: employer::ActiveModel,
    /// All places, if they change.
    pub places: Option<Vec<FoundPlace>>,
}

/// Reads a form.
///
/// # Errors
/// All refusals, each at its argument; or the database failed.
pub async fn read<C: ConnectionTrait>(form: EmployerForm, resolver: &mut Resolver<'_, C>) -> Outcome<Reading> {
    let mut refusals = Refusals::default();
    let mut reading = Reading::default();
    read_texts(&form, &mut reading.columns, &mut refusals);
    match form.headcount {
        Change::Keep => {}
        given => reading.columns.headcount = Set(given.given()),
    }
    match form.industry {
        Change::Keep => {}
        Change::Clear => reading.columns.industry_id = Set(None),
        Change::Set(slug) => match resolver.industries(&[slug]).await?.first().copied().flatten() {
            Some(id) => reading.columns.industry_id = Set(Some(id)),
            None => refusals.add(Code::NotFound, "industry", "There is no such industry."),
        },
    }
    if let Some(written) = form.places.replacing("places", model::MAX_PLACES, &mut refusals) {
        reading.places = Some(places::read("places", &written, resolver, &mut refusals).await?);
    }
    refusals.check()?;
    Ok(reading)
}

fn read_texts(form: &EmployerForm, columns: &mut employer::ActiveModel, refusals: &mut Refusals) {
    match &form.name {
        Change::Keep => {}
        Change::Clear => refusals.add(Code::Required, "name", "An employer has a name."),
        Change::Set(text) => {
            if let Some(name) = refusals.keep(model::name(text)) {
                columns.name_key = Set(text::fold(&name));
                columns.name = Set(name);
            }
        }
    }
    match &form.slug {
        Change::Keep => {}
        Change::Clear => refusals.add(Code::Required, "slug", "An employer has a slug."),
        Change::Set(text) => {
            if let Some(slug) = refusals.keep(model::slug(text)) {
                columns.slug = Set(slug);
            }
        }
    }
    match refusals.keep(form.about.clone().try_map(|text| model::about(&text))) {
        Some(Change::Keep) | None => {}
        Some(about) => columns.about = Set(about.given()),
    }
    match refusals.keep(form.website.clone().try_map(|text| text::web_address("website", &text))) {
        Some(Change::Keep) | None => {}
        Some(website) => columns.website = Set(website.given()),
    }
}
