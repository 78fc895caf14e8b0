//! Trust: the audit log, reports of postings, what administrators have to decide, and suspended accounts.

crate::dialect::migration!("m0017_trust");

const UP: &[&str] = &[
    "ALTER TABLE account ADD COLUMN suspended_at {instant}",
    "ALTER TABLE account ADD COLUMN suspension_reason text",
    "CREATE INDEX account_created ON account (created_at, id)",
    "CREATE INDEX account_suspended ON account (created_at, id) WHERE suspended_at IS NOT NULL",
    "CREATE INDEX account_administrator ON account (created_at, id) WHERE is_admin",
    // No foreign key: an entry outlives whom and what it names.
    "CREATE TABLE audit_entry (
        id {id} NOT NULL PRIMARY KEY,
        actor_id {id},
        action {key} NOT NULL,
        subject text,
        subject_id {id},
        ip_address text,
        request_id text,
        at {instant} NOT NULL,
        details {json} NOT NULL
    )",
    "CREATE INDEX audit_entry_at ON audit_entry (at, id)",
    "CREATE INDEX audit_entry_actor ON audit_entry (actor_id, at, id)",
    "CREATE INDEX audit_entry_subject ON audit_entry (subject_id, at, id)",
    "CREATE INDEX audit_entry_action ON audit_entry (action, at, id)",
    // What is left to scrub.
    "CREATE INDEX audit_entry_address ON audit_entry (action, at) WHERE ip_address IS NOT NULL",
    // The log only grows. What may be taken out of it is the address from which somebody acted.
    "{postgres} CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                OLD.ip_address := NULL;
                IF NEW IS NOT DISTINCT FROM OLD THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'the audit log only grows';
        END $$",
    "{postgres} CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_entry_stays()",
    "{postgres} CREATE TRIGGER audit_entry_is_kept BEFORE TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays()",
    "{sqlite} CREATE TRIGGER audit_entry_is_kept BEFORE DELETE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END",
    "{sqlite} CREATE TRIGGER audit_entry_stays
        BEFORE UPDATE OF id, actor_id, action, subject, subject_id, request_id, at, details ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END",
    "{sqlite} CREATE TRIGGER audit_entry_address_stays BEFORE UPDATE OF ip_address ON audit_entry
        WHEN NEW.ip_address IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END",
    "CREATE TABLE moderation_case (
        id {id} NOT NULL PRIMARY KEY,
        kind {key} NOT NULL,
        status {key} NOT NULL,
        employer_id {id} NOT NULL,
        posting_id {id},
        note text,
        opened_at {instant} NOT NULL,
        decision text,
        reason text,
        decided_by {id},
        decided_at {instant},
        CONSTRAINT moderation_case_employer_fkey FOREIGN KEY (employer_id) REFERENCES employer (id) ON DELETE CASCADE,
        CONSTRAINT moderation_case_posting_fkey FOREIGN KEY (posting_id) REFERENCES posting (id) ON DELETE CASCADE
    )",
    // One open case of a kind for a posting, and one for the verification of an employer.
    "CREATE UNIQUE INDEX moderation_case_posting_key ON moderation_case (posting_id, kind) WHERE status = 'OPEN'",
    "CREATE UNIQUE INDEX moderation_case_employer_key ON moderation_case (employer_id)
        WHERE status = 'OPEN' AND posting_id IS NULL",
    "CREATE INDEX moderation_case_status ON moderation_case (status, opened_at, id)",
    "CREATE INDEX moderation_case_opened ON moderation_case (opened_at, id)",
    "CREATE INDEX moderation_case_kind ON moderation_case (kind, status, opened_at, id)",
    "CREATE INDEX moderation_case_posting ON moderation_case (posting_id)",
    "CREATE INDEX moderation_case_employer ON moderation_case (employer_id, kind, opened_at)",
    // What waits for its review already. A case has the identifier of its posting here: nothing else has it in this table.
    "INSERT INTO moderation_case (id, kind, status, employer_id, posting_id, opened_at)
        SELECT id, 'POSTING_REVIEW', 'OPEN', employer_id, id, updated_at FROM posting WHERE status = 'PENDING_REVIEW'",
    "CREATE TABLE posting_report (
        id {id} NOT NULL PRIMARY KEY,
        case_id {id} NOT NULL,
        account_id {id},
        reason text NOT NULL,
        body text,
        created_at {instant} NOT NULL,
        CONSTRAINT posting_report_once_key UNIQUE (case_id, account_id),
        CONSTRAINT posting_report_case_fkey FOREIGN KEY (case_id) REFERENCES moderation_case (id) ON DELETE CASCADE,
        CONSTRAINT posting_report_account_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE SET NULL
    )",
    "CREATE INDEX posting_report_case ON posting_report (case_id, created_at, id)",
    "CREATE INDEX posting_report_account ON posting_report (account_id, created_at)",
];

const DOWN: &[&str] = &[
    "DROP TABLE posting_report",
    "DROP TABLE moderation_case",
    "DROP TABLE audit_entry",
    "{postgres} DROP FUNCTION audit_entry_stays()",
    "DROP INDEX account_administrator",
    "DROP INDEX account_suspended",
    "DROP INDEX account_created",
    "ALTER TABLE account DROP COLUMN suspension_reason",
    "ALTER TABLE account DROP COLUMN suspended_at",
];
