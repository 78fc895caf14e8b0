//! The table of all settings.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name: the flag without `--`, and the key in `rolecall.toml`.
    pub name: &'static str,
    /// The environment variable.
    pub env: &'static str,
    /// What holds when nobody says otherwise; empty when there is none.
    pub default: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Whether the value must not be shown. A secret can also be given as a file, by the variable with `_FILE` added.
    pub is_secret: bool,
}

/// The setting with this name.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

const fn plain(name: &'static str, env: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, env, default, help, is_secret: false }
}

const fn secret(name: &'static str, env: &'static str, help: &'static str) -> Setting {
    Setting { name, env, default: "", help, is_secret: true }
}

/// All settings, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
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
    plain(
        "answer-cache",
        "ROLECALL_ANSWER_CACHE",
        "64",
        "Mebibytes of answers to queries of nobody in particular, sent by GET, that are kept in memory; 0 keeps none",
    ),
    plain("max-body", "ROLECALL_MAX_BODY", "1048576", "Bytes of a request body"),
    plain(
        "files-url",
        "ROLECALL_FILES_URL",
        "",
        "Where files are kept: file:///folder or s3://bucket/prefix; default: the folder `files` in the data folder",
    ),
    plain("s3-endpoint", "AWS_ENDPOINT_URL", "", "Address of the S3-compatible service; default: that of AWS"),
    plain("s3-region", "AWS_REGION", "", "Region of the bucket"),
    secret("s3-access-key-id", "AWS_ACCESS_KEY_ID", "Name of the key for the bucket"),
    secret("s3-secret-access-key", "AWS_SECRET_ACCESS_KEY", "The key for the bucket"),
    secret("s3-session-token", "AWS_SESSION_TOKEN", "Token of a key that was lent"),
    plain("max-upload", "ROLECALL_MAX_UPLOAD", "5242880", "Bytes of a file that is sent"),
    plain("upload-timeout", "ROLECALL_UPLOAD_TIMEOUT", "60s", "Time for sending a file"),
    plain("max-cost", "ROLECALL_MAX_COST", "5000", "Price of one GraphQL operation: the objects it can return"),
    plain("max-document", "ROLECALL_MAX_DOCUMENT", "32768", "Bytes of a GraphQL document"),
    plain("max-tokens", "ROLECALL_MAX_TOKENS", "5000", "Tokens of a GraphQL document"),
    plain(
        "max-selections",
        "ROLECALL_MAX_SELECTIONS",
        "2000",
        "Fields, spreads and inline fragments of a GraphQL document, every fragment written out",
    ),
    plain("max-aliases", "ROLECALL_MAX_ALIASES", "30", "Aliases of a GraphQL document, every fragment written out"),
    plain("max-root-fields", "ROLECALL_MAX_ROOT_FIELDS", "20", "Fields at the root of one GraphQL operation"),
    plain("max-depth", "ROLECALL_MAX_DEPTH", "15", "Fields on the longest path of a GraphQL operation"),
    plain("max-nesting", "ROLECALL_MAX_NESTING", "100", "Fields, fragments and spreads within one another"),
    plain("max-directives", "ROLECALL_MAX_DIRECTIVES", "5", "Directives on one field, fragment or spread"),
    plain("max-list-items", "ROLECALL_MAX_LIST_ITEMS", "100", "Items of one list in arguments or variables"),
    plain("request-timeout", "ROLECALL_REQUEST_TIMEOUT", "10s", "Time for one request"),
    plain(
        "header-timeout",
        "ROLECALL_HEADER_TIMEOUT",
        "5s",
        "Time for the head of a request, or until the next one begins",
    ),
    plain("body-timeout", "ROLECALL_BODY_TIMEOUT", "5s", "Time for the body of a GraphQL request"),
    plain(
        "idle-timeout",
        "ROLECALL_IDLE_TIMEOUT",
        "75s",
        "How long nothing may pass on a connection; longer than request-timeout and live-keep-alive",
    ),
    plain("max-connections", "ROLECALL_MAX_CONNECTIONS", "4096", "Connections at a time; one more is closed at once"),
    plain(
        "max-in-flight",
        "ROLECALL_MAX_IN_FLIGHT",
        "512",
        "Requests under way at a time; one more is answered 503 at once",
    ),
    plain("max-uploads", "ROLECALL_MAX_UPLOADS", "32", "Files being sent at a time; one more is answered 503 at once"),
    plain(
        "shutdown-delay",
        "ROLECALL_SHUTDOWN_DELAY",
        "2s",
        "How long a server that stops still takes requests while /readyz says no; 0 for not at all",
    ),
    plain(
        "keyed-timeout",
        "ROLECALL_KEYED_TIMEOUT",
        "2s",
        "Time for a mutation with an idempotency key, payload included: so long it may hold a connection, and on SQLite all who write",
    ),
    plain("drain-timeout", "ROLECALL_DRAIN_TIMEOUT", "25s", "Time for requests under way when the server stops"),
    plain(
        "shutdown-timeout",
        "ROLECALL_SHUTDOWN_TIMEOUT",
        "30s",
        "When a server that stops is ended, whatever it does; at least shutdown-delay and drain-timeout together",
    ),
    plain(
        "metrics-listen",
        "ROLECALL_METRICS_LISTEN",
        "",
        "Where metrics are served at /metrics to everybody who gets there, host:port; default: nowhere",
    ),
    secret(
        "metrics-token",
        "ROLECALL_METRICS_TOKEN",
        "Bearer token that opens /metrics where the API is served; default: it is not there",
    ),
    plain(
        "cors-origins",
        "ROLECALL_CORS_ORIGINS",
        "",
        "Origins whose pages may call the server, with commas between; * for any",
    ),
    plain(
        "live-poll-interval",
        "ROLECALL_LIVE_POLL_INTERVAL",
        "100ms",
        "How often changes by other servers are looked for",
    ),
    plain(
        "live-connections",
        "ROLECALL_LIVE_CONNECTIONS",
        "1000",
        "WebSockets and event streams at a time; half of them without an account",
    ),
    plain(
        "live-connections-per-account",
        "ROLECALL_LIVE_CONNECTIONS_PER_ACCOUNT",
        "5",
        "WebSockets and event streams of one account at a time",
    ),
    plain("live-operations", "ROLECALL_LIVE_OPERATIONS", "20", "Operations under way on one WebSocket"),
    plain("live-message-bytes", "ROLECALL_LIVE_MESSAGE_BYTES", "65536", "Bytes of one message from a WebSocket client"),
    plain(
        "live-messages-per-minute",
        "ROLECALL_LIVE_MESSAGES_PER_MINUTE",
        "100",
        "Messages that one WebSocket client may send in a minute",
    ),
    plain(
        "live-write-buffer",
        "ROLECALL_LIVE_WRITE_BUFFER",
        "1048576",
        "Bytes that may wait for a slow WebSocket client",
    ),
    plain(
        "live-backlog",
        "ROLECALL_LIVE_BACKLOG",
        "1000",
        "Events that may wait for a slow subscriber before its subscription ends",
    ),
    plain(
        "live-init-timeout",
        "ROLECALL_LIVE_INIT_TIMEOUT",
        "5s",
        "Time for a WebSocket client to send connection_init",
    ),
    plain(
        "live-keep-alive",
        "ROLECALL_LIVE_KEEP_ALIVE",
        "15s",
        "How often a silent connection is checked for life; after three times it is closed",
    ),
    plain(
        "live-market-interval",
        "ROLECALL_LIVE_MARKET_INTERVAL",
        "30s",
        "Least time between two events of one marketChanged",
    ),
    plain("playground", "ROLECALL_PLAYGROUND", "true", "Whether GraphiQL is served at /graphiql"),
    plain(
        "introspection",
        "ROLECALL_INTROSPECTION",
        "true",
        "Whether the schema may be asked for, by introspection and at /schema.graphql",
    ),
    plain(
        "suggestions",
        "ROLECALL_SUGGESTIONS",
        "true",
        "Whether errors about documents suggest names of the schema (Did you mean …?)",
    ),
    plain(
        "persisted-queries",
        "ROLECALL_PERSISTED_QUERIES",
        "16",
        "Mebibytes of documents that clients register by hash (Apollo's APQ), kept in memory; 0 keeps none",
    ),
    plain(
        "trusted-documents",
        "ROLECALL_TRUSTED_DOCUMENTS",
        "",
        "Manifest of documents that clients name by id, or a folder of manifests (Relay, codegen or Apollo)",
    ),
    plain("trusted-only", "ROLECALL_TRUSTED_ONLY", "false", "Whether every document that is in no manifest is refused"),
    plain("log-format", "ROLECALL_LOG_FORMAT", "text", "text or json"),
    plain("log-filter", "ROLECALL_LOG_FILTER", "rolecall=info,warn", "Which log lines are written"),
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
