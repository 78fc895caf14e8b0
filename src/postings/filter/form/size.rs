//! How large a filter may be: so large that every statement that it becomes part of has room for its values.

use super::{FilterForm, PlaceForm};
use crate::error::{Code, Failure, Outcome};

/// How many items a list of a filter takes.
const MAX_ITEMS: usize = 100;
/// What a filter may weigh with all filters within it. Databases bind some ten thousand values to a statement, and a
/// statement of the market has its filter more than once.
const MAX_WEIGHT: usize = 1_000;
/// A circle is asked for by a statement of its own, and stands for up to two thousand places.
const CIRCLE: usize = 250;
/// A floor of pay stands for one in every currency.
const FLOOR: usize = 50;

/// # Errors
/// More circles than may be asked for at once.
pub(super) fn check_circles(places: &[PlaceForm], path: &str) -> Outcome<()> {
    let circles = places.iter().filter(|place| matches!(place, PlaceForm::Near(_))).count();
    if circles <= MAX_WEIGHT / CIRCLE {
        return Ok(());
    }
    Err(Failure::refused(Code::TooLong, path, "At most 4 circles."))
}

impl FilterForm {
    /// # Errors
    /// It says more than a board can be asked for at once.
    pub(super) fn check_size(&self, path: &str) -> Outcome<()> {
        if self.weight() <= MAX_WEIGHT {
            return Ok(());
        }
        let words = "At most 1,000 values in all lists together; a circle counts as 250, a floor of pay as 50.";
        Err(Failure::refused(Code::TooLong, path, words))
    }

    fn weight(&self) -> usize {
        fn of<T>(items: Option<&Vec<T>>) -> usize {
            items.map_or(0, Vec::len)
        }
        let lists = of(self.roles.as_ref())
            + of(self.skills.as_ref())
            + of(self.all_skills.as_ref())
            + of(self.industries.as_ref())
            + of(self.employers.as_ref())
            + of(self.countries.as_ref())
            + of(self.workplaces.as_ref())
            + of(self.employment_types.as_ref())
            + of(self.experience_levels.as_ref())
            + of(self.education_levels.as_ref())
            + of(self.languages.as_ref())
            + of(self.pay_statuses.as_ref());
        let place = |place: &PlaceForm| if matches!(place, PlaceForm::Near(_)) { CIRCLE } else { 1 };
        let places: usize = self.places.iter().flatten().map(place).sum();
        let floor = self.pay_at_least.as_ref().map_or(0, |_| FLOOR);
        let within = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        lists + places + floor + within.map(|filter| 1 + filter.weight()).sum::<usize>()
    }

    /// # Errors
    /// One of its lists is too long.
    pub(super) fn check_lengths(&self, path: &str) -> Outcome<()> {
        /// Refuses the first of these lists that is too long.
        macro_rules! at_most_100 {
            ($($field:ident at $name:literal),+ $(,)?) => {$(
                if self.$field.as_ref().is_some_and(|items| items.len() > MAX_ITEMS) {
                    return Err(Failure::refused(Code::TooLong, &format!("{path}.{}", $name), "At most 100 items."));
                }
            )+};
        }
        at_most_100!(
            roles at "roles", skills at "skills", all_skills at "allSkills", industries at "industries",
            employers at "employers", countries at "countries", places at "places", workplaces at "workplaces",
            employment_types at "employmentTypes", experience_levels at "experienceLevels",
            education_levels at "educationLevels", languages at "languages", pay_statuses at "payStatuses",
            and at "and", or at "or",
        );
        Ok(())
    }
}
