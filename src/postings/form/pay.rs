//! What a posting pays.

use sea_orm::Set;

use super::PostingForm;
use crate::clock::Timestamp;
use crate::entities::posting;
use crate::entities::sets::PayStatus;
use crate::error::{Code, Refusals};
use crate::form::Change;
use crate::money::Pay;
use crate::postings::model::{self, PayForm};
use crate::reference::Reference;

/// Reads pay and pay status, which hang together: pay that is given is STATED, and STATED pay is given.
pub(super) fn read(
    form: &PostingForm,
    present: Option<&posting::Model>,
    reference: &Reference,
    columns: &mut posting::ActiveModel,
    refusals: &mut Refusals,
    now: Timestamp,
) {
    let was_stated = present.is_some_and(|posting| posting.pay_status == PayStatus::Stated);
    let has_pay = match &form.pay {
        Change::Keep => was_stated,
        Change::Clear => false,
        Change::Set(_) => true,
    };
    match form.pay_status.as_given() {
        Some(PayStatus::Stated) if !has_pay => refusals.add(Code::Required, "pay", "Pay that is STATED has an amount."),
        Some(PayStatus::Unpaid | PayStatus::Withheld) if has_pay && form.pay != Change::Keep => {
            refusals.add(Code::Invalid, "payStatus", "With `pay` it is STATED.");
        }
        _ => {}
    }
    let status = form.pay_status.as_given().copied();
    let status = status.unwrap_or(if has_pay { PayStatus::Stated } else { PayStatus::Withheld });
    if form.pay == Change::Keep && form.pay_status == Change::Keep && present.is_some() {
        return;
    }
    columns.pay_status = Set(status);
    if form.pay == Change::Keep && status == PayStatus::Stated {
        return;
    }
    let pay = match form.pay.as_given().map(PayForm::parse) {
        Some(Err(wrong)) => return refusals.extend(wrong),
        Some(Ok(pay)) => Some(pay),
        None => None,
    };
    let range = pay.as_ref().map(Pay::range);
    let day = present.and_then(|posting| posting.published_at).unwrap_or(now).date_naive();
    let (annual, rank) = model::pay_keys(range.as_ref(), &reference.factors, &reference.rates, day);
    columns.pay_min = Set(range.and_then(|pay| pay.min()));
    columns.pay_max = Set(range.and_then(|pay| pay.max()));
    columns.pay_currency = Set(range.map(|pay| pay.currency().code().to_owned()));
    columns.pay_period = Set(range.map(|pay| pay.period().into()));
    columns.pay_hours_per_week = Set(range.and_then(|pay| pay.hours_per_week()).map(i32::from));
    columns.pay_other = Set(pay.as_ref().and_then(|pay| pay.other().map(str::to_owned)));
    columns.pay_annual = Set(annual);
    columns.pay_rank = Set(rank);
}
