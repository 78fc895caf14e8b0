//! For every mutation one input that is right, with every field, and somebody who may send it. A new mutation gets a row.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::documents::PDF;
use crate::files::{resume, sent};
use crate::support::{Actor, PASSWORD, TestApp, text};

use super::faults::Foreign;

/// Who and what inputs are about.
pub struct Board<'a> {
    pub app: &'a TestApp,
    nobody: Actor,
    pub admin: Actor,
    pub owner: Actor,
    pub employer: String,
    pub foreign: Foreign,
}

impl<'a> Board<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (rival, theirs) = app.employer("Difference Engines").await;
        let posting = text(&rival.draft(&theirs, json!({})).await["id"]);
        let foreign = Foreign { posting, employer: theirs };
        Self { app, nobody: app.anonymous(), admin: app.administrator().await, owner, employer, foreign }
    }

    /// A posting of the owner's employer, by identifier and version.
    async fn draft(&self) -> Value {
        seen(&self.owner.draft(&self.employer, json!({})).await)
    }

    async fn published(&self) -> Value {
        seen(&self.owner.posting(&self.employer, json!({})).await)
    }

    async fn moved(&self, by: &Actor, action: &str, posting: Value) -> Value {
        seen(&by.act(action, posting, "posting { id version }").await.good()["posting"])
    }

    /// A posting that waits for its review.
    async fn submitted(&self) -> Value {
        let newcomer = self.app.account("Newcomer").await;
        let employer = newcomer.create_employer("Newcomer").await;
        self.moved(&newcomer, "postingSubmit", seen(&newcomer.draft(&employer, json!({})).await)).await
    }

    /// A new member of the owner's employer.
    async fn member(&self) -> String {
        let person = self.app.account("Rita").await;
        let input = json!({"employerId": self.employer, "email": person.email, "role": "RECRUITER"});
        text(&self.owner.act("memberAdd", input, "member { id }").await.good()["member"]["id"])
    }

    /// Somebody who was asked to become a member, and has not answered.
    pub async fn member_invitation(&self) -> Value {
        let input =
            json!({"employerId": self.employer, "email": format!("{}@example.org", fresh()), "role": "REVIEWER"});
        self.owner.act("memberInvite", input, "invitation { id }").await.good()["invitation"]["id"].clone()
    }

    /// What reports a posting of the owner's employer.
    async fn report(&self) -> Value {
        json!({"postingId": self.published().await["id"], "reason": "SPAM", "text": "It sells looms."})
    }

    /// The case of a report that was made.
    async fn case(&self, report: &Value) -> Value {
        let query = "{ moderationQueue(last: 100) { edges { node { id posting { id } } } } }";
        let queue = self.admin.ask(query, json!({})).await;
        let cases = queue["moderationQueue"]["edges"].as_array().expect("edges").clone();
        let case = cases.into_iter().find(|case| case["node"]["posting"]["id"] == report["postingId"]);
        case.expect("a case")["node"]["id"].clone()
    }

    /// Somebody who applied to the owner's employer, and the application.
    async fn application(&self) -> (Actor, Value) {
        let somebody = self.app.account("Casey").await;
        let input = json!({"postingId": self.published().await["id"]});
        let made = somebody.act("applicationSubmit", input, "application { id version }").await.good();
        (somebody, seen(&made["application"]))
    }

    /// Somebody who was offered work, and the application.
    async fn offer(&self) -> (Actor, Value) {
        let (somebody, mut application) = self.application().await;
        for to in ["IN_REVIEW", "INTERVIEW", "OFFERED"] {
            let input = with(application, json!({"to": to}));
            let moved = self.owner.act("applicationMove", input, "application { id version }").await.good();
            application = seen(&moved["application"]);
        }
        (somebody, application)
    }

    /// Somebody whom employers may find.
    async fn findable(&self) -> (Actor, Value) {
        let somebody = self.app.account("Casey").await;
        let made = somebody.act("candidateUpdate", json!({"visibility": "EMPLOYERS"}), "candidate { id }").await.good();
        (somebody, made["candidate"]["id"].clone())
    }

    /// What invites somebody to apply.
    pub async fn invitation(&self, candidate: &Value) -> Value {
        json!({"candidateId": candidate, "postingId": self.published().await["id"], "message": "Come and compute."})
    }

    /// Somebody who keeps a search, and the search by identifier and version.
    async fn saved_search(&self) -> (Actor, Value) {
        let somebody = self.app.account("Casey").await;
        let made = somebody.act("savedSearchCreate", saved_search(self), "savedSearch { id version }").await.good();
        (somebody, seen(&made["savedSearch"]))
    }

    /// The employer's version as it is now.
    async fn version(&self) -> Value {
        let query = "query($id: ID!) { employer(id: $id) { version } }";
        self.nobody.ask(query, json!({"id": self.employer})).await["employer"]["version"].clone()
    }
}

fn seen(posting: &Value) -> Value {
    json!({"id": posting["id"], "version": posting["version"]})
}

fn with(mut input: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("an object, not {more}") };
    input.as_object_mut().expect("an object").extend(more);
    input
}

/// A name that nothing has yet.
fn fresh() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

const DESCRIPTION: &str = "You write the services behind the board, and keep them running.";

fn place() -> Value {
    json!({"countryCode": "US", "regionCode": "US-NY", "city": "New York"})
}

/// What inputs of postings have in common.
fn posting(board: &Board<'_>) -> Value {
    let in_a_month = board.app.app.state.clock.now() + TimeDelta::days(30);
    json!({
        "externalId": fresh(), "title": "Backend Developer", "description": DESCRIPTION, "language": "en",
        "role": "backend-developer", "industry": "financial-services", "employmentTypes": ["FULL_TIME"],
        "workplace": "HYBRID", "places": [place()], "applicantCountries": ["US"], "isWorldwide": false,
        "experienceLevel": "SENIOR", "experienceMonths": 24, "education": "BACHELOR", "openings": 2,
        "pay": {"min": "50000", "max": "60000", "currency": "USD", "period": "YEAR", "hoursPerWeek": 40.0, "other": "Bonus"},
        "payStatus": "STATED", "benefits": ["Lunch"],
        "skillRequirements": [{"skill": "rust", "importance": "REQUIRED", "minLevel": 3, "minMonths": 12, "weight": 5}],
        "applyKind": "URL", "applyTarget": "https://engines.example/apply",
        "questions": [{"text": "Which?", "kind": "CHOICE", "choices": ["This", "That"], "isRequired": true}],
        "validThrough": in_a_month.to_rfc3339(),
    })
}

fn employer() -> Value {
    json!({
        "name": "Tabulating Machines", "slug": fresh(), "about": "We count.", "website": "https://engines.example",
        "industry": "financial-services", "headcount": "MEDIUM", "places": [place()],
    })
}

fn candidate() -> Value {
    json!({
        "headline": "Rust engineer", "about": "Hello", "homePlace": place(), "searchStatus": "ACTIVE",
        "visibility": "EMPLOYERS", "targetRoles": ["backend-developer"], "targetPlaces": [place()], "remote": true,
        "skills": [{"skill": "rust", "level": 4, "months": 36}],
        "experience": [{"title": "Engineer", "employerName": "Engines", "startedOn": "2020-01-01", "endedOn": "2021-01-01",
            "description": "Engines."}],
        "education": [{"institution": "London", "subject": "Mathematics", "level": "MASTER", "startedOn": "2010-01-01",
            "endedOn": "2014-01-01"}],
        "expectedPay": {"amount": "100000", "currency": "USD", "period": "YEAR"},
    })
}

/// A saved search with every field.
fn saved_search(board: &Board<'_>) -> Value {
    json!({
        "name": "Rust, remote", "search": "rust", "alerts": "DAILY",
        "filter": {
            "roles": ["backend-developer"], "skills": ["rust"], "allSkills": ["sql"], "industries": ["financial-services"],
            "employers": [board.employer], "countries": ["US"], "places": [{"region": "US-NY"}], "workplaces": ["REMOTE"],
            "employmentTypes": ["FULL_TIME"], "experienceLevels": ["SENIOR"], "educationLevels": ["BACHELOR"],
            "languages": ["en"], "payAtLeast": {"amount": "50000", "currency": "USD"}, "payStatuses": ["STATED"],
            "publishedSince": "2026-01-01T00:00:00Z", "publishedBefore": "2036-01-01T00:00:00Z",
            "and": [{"skills": ["rust"]}], "or": [{"workplaces": ["REMOTE"]}], "not": {"countries": ["DE"]},
        },
    })
}

/// Somebody, and an input of the mutation that is right. What an action uses up is made anew.
#[expect(clippy::too_many_lines, reason = "one table, a row for each mutation")]
pub async fn base(board: &Board<'_>, mutation: &str) -> (Actor, Value) {
    let Board { app, nobody, admin, owner, employer: id, .. } = board;
    let owned = |input: Value| (owner.clone(), input);
    match mutation {
        "accountRegister" => {
            let email = format!("{}@example.org", fresh());
            (nobody.clone(), json!({"email": email, "password": PASSWORD, "name": "Ada"}))
        }
        "sessionCreate" => (nobody.clone(), json!({"email": owner.email, "password": PASSWORD})),
        "sessionRefresh" => (nobody.clone(), json!({"refreshToken": app.account("Rita").await.refresh_token})),
        "sessionRevoke" => {
            let somebody = app.account("Rita").await;
            let sessions = somebody.ask("{ viewer { sessions { id } } }", json!({})).await;
            let input = json!({"id": sessions["viewer"]["sessions"][0]["id"]});
            (somebody, input)
        }
        "passwordChange" => (
            app.account("Rita").await,
            json!({"currentPassword": PASSWORD, "password": "a horse, a battery, a staple"}),
        ),
        "emailVerify" => {
            let somebody = app.newcomer("Rita").await;
            (nobody.clone(), json!({"token": app.token(&somebody.email, "VERIFY_ADDRESS").await}))
        }
        "emailChangeRequest" => {
            let email = format!("{}@example.org", fresh());
            (app.account("Rita").await, json!({"email": email, "currentPassword": PASSWORD}))
        }
        "emailChange" => {
            let (somebody, email) = (app.account("Rita").await, format!("{}@example.org", fresh()));
            let input = json!({"email": email, "currentPassword": PASSWORD});
            somebody.act("emailChangeRequest", input, "email").await.good();
            (nobody.clone(), json!({"token": app.token(&email, "CHANGE_ADDRESS").await}))
        }
        "passwordResetRequest" => (nobody.clone(), json!({"email": app.account("Rita").await.email})),
        "passwordReset" => {
            let somebody = app.account("Rita").await;
            nobody.act("passwordResetRequest", json!({"email": somebody.email}), "email").await.good();
            let token = app.token(&somebody.email, "RESET_PASSWORD").await;
            (nobody.clone(), json!({"token": token, "password": "a horse, a battery, a staple"}))
        }
        "notificationUpdate" => (app.account("Rita").await, json!({"kind": "POSTING_EXPIRING", "isWanted": false})),
        "memberInvite" => {
            owned(json!({"employerId": id, "email": format!("{}@example.org", fresh()), "role": "REVIEWER"}))
        }
        "memberInvitationAccept" => {
            let somebody = app.account("Rita").await;
            let input = json!({"employerId": id, "email": somebody.email, "role": "REVIEWER"});
            owner.act("memberInvite", input, "invitation { id }").await.good();
            let token = app.token(&somebody.email, "MEMBER_INVITED").await;
            (somebody, json!({ "token": token }))
        }
        "memberInvitationRevoke" => owned(json!({"id": board.member_invitation().await})),
        "accountErase" => {
            let somebody = app.account("Rita").await;
            let password = "a horse, a battery, a staple";
            let change = json!({"currentPassword": PASSWORD, "password": password});
            somebody.act("passwordChange", change, "account { id }").await.good();
            (somebody, json!({"password": password, "confirm": true}))
        }
        "accountSuspend" => {
            (admin.clone(), json!({"accountId": app.account("Rita").await.id, "reason": "Too many letters."}))
        }
        "accountReinstate" => (admin.clone(), json!({"accountId": app.account("Rita").await.id})),
        "postingReport" => (app.account("Rita").await, board.report().await),
        "moderationDecide" => {
            let input = board.report().await;
            app.account("Rita").await.act("postingReport", input.clone(), "report { id }").await.good();
            (
                admin.clone(),
                json!({"caseId": board.case(&input).await, "decision": "TAKE_DOWN", "reason": "It is spam."}),
            )
        }
        "employerVerificationRequest" => {
            owned(json!({"employerId": owner.create_employer(&fresh()).await, "note": "We are in the register."}))
        }
        "employerCreate" => owned(employer()),
        "employerUpdate" => owned(with(employer(), json!({"id": id, "version": board.version().await}))),
        "employerVerify" => (admin.clone(), json!({"id": id, "isVerified": true})),
        "memberAdd" => {
            let somebody = app.account("Rita").await;
            owned(json!({"employerId": id, "email": somebody.email, "role": "REVIEWER"}))
        }
        "memberUpdate" => owned(json!({"id": board.member().await, "role": "REVIEWER"})),
        "memberRemove" => owned(json!({"id": board.member().await})),
        "candidateUpdate" => {
            let somebody = app.account("Casey").await;
            somebody.act("candidateUpdate", json!({}), "candidate { id }").await.good();
            (somebody, with(candidate(), json!({"version": 1})))
        }
        "uploadCreate" => {
            let input = json!({"kind": "RESUME", "fileName": "cv.pdf", "contentType": PDF, "size": 1_000});
            (app.account("Casey").await, input)
        }
        "resumeAdd" => {
            let somebody = app.account("Casey").await;
            let upload = sent(app, &somebody).await;
            (somebody, json!({"uploadId": upload["id"], "title": "For engines"}))
        }
        "resumeRename" | "resumeRemove" => {
            let somebody = app.account("Casey").await;
            let input = json!({"id": resume(app, &somebody).await["id"]});
            (somebody, if mutation == "resumeRename" { with(input, json!({"title": "For looms"})) } else { input })
        }
        "postingCreate" => owned(with(posting(board), json!({"employerId": id}))),
        "postingUpdate" => owned(with(posting(board), board.draft().await)),
        "postingsSync" => {
            owned(json!({"employerId": id, "items": [with(posting(board), json!({"isPublished": true}))]}))
        }
        "postingPublish" | "postingSubmit" | "postingDelete" => owned(board.draft().await),
        "postingPause" => owned(board.published().await),
        "postingResume" => owned(board.moved(owner, "postingPause", board.published().await).await),
        "postingClose" => owned(with(board.published().await, json!({"reason": "FILLED"}))),
        "postingReview" => {
            let input = with(board.submitted().await, json!({"decision": "REJECT", "reason": "Say what you pay."}));
            (admin.clone(), input)
        }
        "applicationSubmit" => {
            let question = json!({"questions": [{"text": "May you?", "kind": "YES_NO", "isRequired": true}]});
            let posting = owner.posting(id, question).await;
            let answers = json!([{"question": 0, "value": {"yesNo": true}}]);
            let somebody = app.account("Casey").await;
            let resume = resume(app, &somebody).await;
            let input = json!({"postingId": posting["id"], "postingVersion": posting["version"], "resumeId": resume["id"],
                "coverLetter": "Hello.", "answers": answers});
            (somebody, input)
        }
        "postingSave" => (app.account("Casey").await, json!({"postingId": board.published().await["id"]})),
        "postingUnsave" => {
            let (somebody, input) = (app.account("Casey").await, json!({"postingId": board.published().await["id"]}));
            somebody.act("postingSave", input.clone(), "posting { id }").await.good();
            (somebody, input)
        }
        "savedSearchCreate" => (app.account("Casey").await, saved_search(board)),
        "savedSearchUpdate" => {
            let (somebody, search) = board.saved_search().await;
            (somebody, with(saved_search(board), search))
        }
        "savedSearchDelete" | "savedSearchMarkSeen" => {
            let (somebody, search) = board.saved_search().await;
            (somebody, json!({"id": search["id"]}))
        }
        "applicationMove" => owned(with(board.application().await.1, json!({"to": "REJECTED", "reason": "Too far."}))),
        "applicationsMove" => {
            let item = with(board.application().await.1, json!({"to": "REJECTED", "reason": "Too far."}));
            owned(json!({"items": [item]}))
        }
        "applicationNote" => owned(json!({"id": board.application().await.1["id"], "body": "Strong."})),
        "applicationRate" => owned(json!({"id": board.application().await.1["id"], "stars": 4})),
        "applicationWithdraw" => board.application().await,
        "applicationOfferAccept" | "applicationOfferDecline" => board.offer().await,
        "candidateInvite" => owned(board.invitation(&board.findable().await.1).await),
        "invitationDecline" => {
            let (somebody, candidate) = board.findable().await;
            let input = board.invitation(&candidate).await;
            let made = owner.act("candidateInvite", input, "invitation { id }").await.good();
            (somebody, json!({"id": made["invitation"]["id"]}))
        }
        unknown => panic!("{unknown} has no input in this table: add one that is right"),
    }
}
