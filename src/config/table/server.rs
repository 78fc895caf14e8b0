//! What a server is: where it listens, its database, keys, mail and memory.

use super::{Setting, plain, secret};

pub(super) const SETTINGS: &[Setting] = &[
    plain(
        "environment",
        "ROLECALL_ENVIRONMENT",
        "development",
        "development makes up missing secrets; production refuses to start without them",
    ),
    plain(
        "listen",
        "ROLECALL_LISTEN",
        "127.0.0.1:8080",
        "Where the server listens, host:port; port 0 takes any free one",
    ),
    plain("data-dir", "ROLECALL_DATA_DIR", "./rolecall-data", "Folder of keys and of the default database"),
    secret(
        "database-url",
        "DATABASE_URL",
        "sqlite://path?mode=rwc or postgres://…; default: a SQLite file in the data folder",
    ),
    plain(
        "database-connections",
        "ROLECALL_DATABASE_CONNECTIONS",
        "16",
        "Connections to PostgreSQL, or readers of SQLite",
    ),
    plain(
        "database-acquire-timeout",
        "ROLECALL_DATABASE_ACQUIRE_TIMEOUT",
        "2s",
        "How long a request waits for a connection",
    ),
    plain(
        "database-statement-timeout",
        "ROLECALL_DATABASE_STATEMENT_TIMEOUT",
        "5s",
        "How long PostgreSQL lets one statement run",
    ),
    secret(
        "database-replica-url",
        "DATABASE_REPLICA_URL",
        "A streaming replica of PostgreSQL, where queries of nobody in particular are read while it is well; default: none",
    ),
    plain(
        "replica-staleness",
        "ROLECALL_REPLICA_STALENESS",
        "2s",
        "How old at the most what is read there may be; at least 200ms",
    ),
    secret("signing-key", "ROLECALL_SIGNING_KEY", "Ed25519 private key (PKCS#8 PEM) that signs access tokens"),
    secret(
        "verifying-keys",
        "ROLECALL_VERIFYING_KEYS",
        "Up to two further Ed25519 keys (PEM, public or private) whose access tokens hold: the last one, or the next",
    ),
    secret("cursor-key", "ROLECALL_CURSOR_KEY", "32 bytes in base64 that seal the cursors of lists"),
    plain(
        "public-url",
        "ROLECALL_PUBLIC_URL",
        "http://localhost:8080",
        "The address that clients see; issuer of access tokens",
    ),
    plain(
        "web-url",
        "ROLECALL_WEB_URL",
        "",
        "Address of the front end, where links in mails lead; default: public-url",
    ),
    secret(
        "smtp-url",
        "ROLECALL_SMTP_URL",
        "Mail server: smtps://user:password@host, or smtp://host:587?tls=required; default: mails become files in the data folder",
    ),
    plain(
        "mail-from",
        "ROLECALL_MAIL_FROM",
        "Rolecall <no-reply@localhost>",
        "Sender of all mails: Name <address>; the name is the board's",
    ),
    plain(
        "work",
        "ROLECALL_WORK",
        "true",
        "Whether serve does the background work too; false leaves it to rolecall work",
    ),
    plain(
        "engine",
        "ROLECALL_ENGINE",
        "true",
        "Whether figures of the market come from an image of the board in memory; false asks the database for each",
    ),
    plain(
        "engine-patience",
        "ROLECALL_ENGINE_PATIENCE",
        "300ms",
        "How long a question waits for what was just committed to arrive in memory; then it is answered without",
    ),
    plain("change-retention", "ROLECALL_CHANGE_RETENTION", "24h", "How long the log of changes is kept"),
];
