//! Accounts: tokens, passwords, and how often anything may be tried.

use super::{Setting, plain};

pub(super) const SETTINGS: &[Setting] = &[
    plain("access-token-ttl", "ROLECALL_ACCESS_TOKEN_TTL", "5m", "Validity of an access token"),
    plain("session-idle", "ROLECALL_SESSION_IDLE", "14d", "How long a session lives without being refreshed"),
    plain("session-max", "ROLECALL_SESSION_MAX", "30d", "How long a session lives at the most"),
    plain("password-memory", "ROLECALL_PASSWORD_MEMORY", "19456", "Kibibytes of memory that hashing a password takes"),
    plain("password-passes", "ROLECALL_PASSWORD_PASSES", "2", "Passes over that memory"),
    plain("password-lanes", "ROLECALL_PASSWORD_LANES", "1", "Lanes in that memory"),
    plain("password-workers", "ROLECALL_PASSWORD_WORKERS", "2", "Passwords hashed at the same time"),
    plain(
        "password-queue",
        "ROLECALL_PASSWORD_QUEUE",
        "64",
        "Sign-ins that may wait for a worker; more are told to come back",
    ),
    plain(
        "budget-per-account",
        "ROLECALL_BUDGET_PER_ACCOUNT",
        "50000",
        "Cost points that an account may spend in a minute; 0 for no limit",
    ),
    plain(
        "budget-per-address",
        "ROLECALL_BUDGET_PER_ADDRESS",
        "20000",
        "Cost points that an address without an account may spend in a minute (an IPv6 /64 is one); 0 for no limit",
    ),
    plain(
        "tries-per-address",
        "ROLECALL_TRIES_PER_ADDRESS",
        "10",
        "How often an address may try a password or a token in a minute; 0 for no limit",
    ),
    plain(
        "sign-in-tries",
        "ROLECALL_SIGN_IN_TRIES",
        "10",
        "How often a password may be tried for one e-mail address before each try has to wait; 0 for no limit",
    ),
    plain("sign-in-interval", "ROLECALL_SIGN_IN_INTERVAL", "30s", "How long each try has to wait then"),
    plain(
        "sign-in-failures",
        "ROLECALL_SIGN_IN_FAILURES",
        "100",
        "Wrong passwords in a row after which an account needs a new one, by mail; 0 for never",
    ),
    plain(
        "mails-per-address",
        "ROLECALL_MAILS_PER_ADDRESS",
        "60",
        "Mails that one network address may have sent in an hour; 0 for no limit",
    ),
    plain(
        "mails-per-recipient",
        "ROLECALL_MAILS_PER_RECIPIENT",
        "10",
        "Mails to one e-mail address that may be asked for in an hour; 0 for no limit",
    ),
    plain(
        "trusted-proxies",
        "ROLECALL_TRUSTED_PROXIES",
        "0",
        "Proxies in front of the server whose X-Forwarded-For is believed; without any the header is not read",
    ),
];
