//! What is kept, and the market that is computed.

use super::{Setting, plain};

pub(super) const SETTINGS: &[Setting] = &[
    plain(
        "application-retention",
        "ROLECALL_APPLICATION_RETENTION",
        "180d",
        "How long applications that came to nothing keep what is about a person; at least 28d",
    ),
    plain(
        "search-count-interval",
        "ROLECALL_SEARCH_COUNT_INTERVAL",
        "5s",
        "How long searches wait in memory before they are counted; a crash loses those that wait",
    ),
    plain("market-hours-per-year", "ROLECALL_MARKET_HOURS_PER_YEAR", "2080", "Paid hours of a full-time year"),
    plain("market-days-per-year", "ROLECALL_MARKET_DAYS_PER_YEAR", "260", "Paid days of a full-time year"),
    plain("market-full-time-hours", "ROLECALL_MARKET_FULL_TIME_HOURS", "40", "Weekly hours of a full-time job"),
    plain(
        "market-min-postings",
        "ROLECALL_MARKET_MIN_POSTINGS",
        "10",
        "Postings below which no salary figure is released",
    ),
    plain(
        "market-min-employers",
        "ROLECALL_MARKET_MIN_EMPLOYERS",
        "3",
        "Employers below which no salary figure is released",
    ),
    plain(
        "market-min-postings-for-tails",
        "ROLECALL_MARKET_MIN_POSTINGS_FOR_TAILS",
        "30",
        "Postings below which p10 and p90 are not released",
    ),
    plain(
        "market-min-postings-for-seekers",
        "ROLECALL_MARKET_MIN_POSTINGS_FOR_SEEKERS",
        "5",
        "Postings below which seekers per posting is not released",
    ),
    plain(
        "market-min-seekers",
        "ROLECALL_MARKET_MIN_SEEKERS",
        "10",
        "Job seekers below which seekers per posting is not released",
    ),
];
