//! The operations that clients send (`tests/clients/operations`): each is run as it stands, in one story.

use serde_json::{Value, json};

use crate::plans::check_keys;
use crate::support::{Actor, Socket, TestApp, on_both_databases};

/// The text of a file of operations.
macro_rules! operations {
    ($name:literal) => {
        include_str!(concat!("../clients/operations/", $name, ".graphql"))
    };
}

/// One operation of a file, by name.
fn operation(text: &str, name: &str) -> String {
    let is_head = |line: &str| ["query ", "mutation ", "subscription "].iter().any(|kind| line.starts_with(kind));
    let mut lines = text.lines().skip_while(|line| !(is_head(line) && line.contains(&format!(" {name}"))));
    let head = lines.next().unwrap_or_else(|| panic!("no operation {name}"));
    let rest = lines.take_while(|line| !is_head(line) && !line.starts_with('#'));
    std::iter::once(head).chain(rest).collect::<Vec<_>>().join("\n")
}

async fn run(who: &Actor, text: &str, name: &str, variables: Value) -> Value {
    who.ask(&operation(text, name), variables).await
}

on_both_databases! {
    async fn accounts_run_as_they_stand(app: TestApp) {
        let text = operations!("Accounts");
        let nobody = app.anonymous();
        let register = json!({"register": {"email": "ada@example.org", "password": "correct horse battery", "name": "Ada"}});
        let made = run(&nobody, text, "Register", register).await;
        assert_eq!(made["accountRegister"]["account"]["email"], "ada@example.org");
        let log_in = json!({"input": {"email": "ada@example.org", "password": "correct horse battery"}});
        let session = run(&nobody, text, "LogIn", log_in).await["sessionCreate"]["session"].clone();
        let refresh = json!({"input": {"refreshToken": session["refreshToken"]}});
        let renewed = run(&nobody, text, "Refresh", refresh).await["sessionRefresh"]["session"].clone();
        let ada = nobody.with_token(&renewed["accessToken"]);
        let viewer = run(&ada, text, "Viewer", json!({"first": 5})).await["viewer"].clone();
        assert_eq!(viewer["applications"]["totalCount"], 0);
        run(&ada, text, "LogOut", json!({})).await;
        check_keys(app).await;
    }

    async fn employers_and_candidates_run_as_they_stand(app: TestApp) {
        let text = operations!("Employer");
        let (owner, employer) = app.employer("Analytical Engines").await;
        let input = json!({"input": {"name": "Analytical Engines", "website": "https://engines.example", "about": "We compute."}});
        let made = run(&owner, text, "EmployerCreate", input).await;
        assert_eq!(made["employerCreate"]["userErrors"], json!([]));
        let input = json!({"input": {
            "employerId": employer, "title": "Backend Developer (Rust)", "role": "backend-developer",
            "description": "You write the services behind the board, and keep them running.",
            "workplace": "HYBRID", "employmentTypes": ["FULL_TIME"], "experienceLevel": "SENIOR", "openings": 2,
            "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}],
            "pay": {"min": "120000", "max": "150000", "currency": "USD", "period": "YEAR"},
            "skillRequirements": [{"skill": "rust", "importance": "REQUIRED", "minMonths": 24, "weight": 5},
                                  {"skill": "graphql", "importance": "PREFERRED"}]}});
        let created = run(&owner, text, "PostingCreate", input).await["postingCreate"].clone();
        assert_eq!(created["userErrors"], json!([]));
        let posting = created["posting"].clone();
        let seen = json!({"id": posting["id"], "version": posting["version"]});
        let published = run(&owner, text, "PostingPublish", seen).await["postingPublish"]["posting"].clone();
        assert_eq!(published["status"], "PUBLISHED");

        let candidate = app.account("Casey").await;
        let profile = json!({"input": {"headline": "Rust engineer", "searchStatus": "ACTIVE",
            "targetRoles": ["backend-developer"], "targetPlaces": [{"countryCode": "US"}], "remote": true,
            "skills": [{"skill": "rust", "level": 4, "months": 36}]}});
        let updated = run(&candidate, operations!("Candidate"), "CandidateUpdate", profile).await;
        assert_eq!(updated["candidateUpdate"]["userErrors"], json!([]));
        let page = run(&candidate, operations!("PostingPage"), "PostingPage", json!({"id": posting["id"]})).await;
        let page = &page["posting"];
        // A requirement of weight 5 that is met, three times over; a wish of the usual weight that is not.
        assert_eq!(page["match"]["score"], 75);
        assert_eq!(page["match"]["missing"], json!([{"skill": {"slug": "graphql"}}]));
        assert_eq!(page["viewerCanUpdate"], false);
        assert_eq!(page["jsonLd"]["@type"], "JobPosting");

        let items = json!([{"externalId": "A-1", "title": "Nurse", "description": "You look after people who compute all day."}]);
        let synced = run(&owner, text, "PostingsSync", json!({"employerId": employer, "items": items})).await;
        assert_eq!(synced["postingsSync"]["results"][0]["userErrors"], json!([]));
        let close = json!({"id": published["id"], "version": published["version"], "reason": "FILLED"});
        let closed = run(&owner, text, "PostingClose", close).await["postingClose"]["posting"].clone();
        assert_eq!(closed["closeReason"], "FILLED");
        check_keys(app).await;
    }

    async fn what_candidates_keep_runs_as_it_stands(app: TestApp) {
        let casey = app.account("Casey").await;
        let input = json!({"input": {"name": "Rust, remote", "search": "rust", "filter": {"workplaces": ["REMOTE"]}, "alerts": "DAILY"}});
        let saved = run(&casey, operations!("Candidate"), "SaveSearch", input).await["savedSearchCreate"].clone();
        assert_eq!(saved["userErrors"], json!([]));
        let search = &saved["savedSearch"];
        assert_eq!((&search["name"], &search["alerts"], &search["newMatchCount"]), (&json!("Rust, remote"), &json!("DAILY"), &json!(0)));
        check_keys(app).await;
    }

    async fn applications_run_as_they_stand(app: TestApp) {
        let (candidates, employers) = (operations!("Candidate"), operations!("Employer"));
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let casey = app.account("Casey").await;
        let input = json!({"input": {"postingId": posting["id"], "coverLetter": "I build engines."}});
        let applied = run(&casey, candidates, "Apply", input.clone()).await["applicationSubmit"].clone();
        let application = applied["application"].clone();
        assert_eq!((&applied["userErrors"], &application["status"]), (&json!([]), &json!("SUBMITTED")));
        let again = run(&casey, candidates, "Apply", input).await["applicationSubmit"]["userErrors"].clone();
        assert_eq!((&again[0]["code"], &again[0]["conflictsWith"]["id"]), (&json!("TAKEN"), &application["id"]));

        let note = json!({"id": application["id"], "body": "Strong."});
        owner.act("applicationNote", note, "note { body }").await.good();
        let pipeline = run(&owner, employers, "Pipeline", json!({"id": posting["id"], "first": 20})).await;
        let pipeline = &pipeline["posting"]["applications"];
        let first = &pipeline["edges"][0]["node"];
        assert_eq!((&pipeline["totalCount"], &first["id"]), (&json!(1), &application["id"]));
        assert_eq!(first["notes"], json!([{"body": "Strong.", "author": {"name": "Analytical Engines"}}]));
        let to = json!({"id": application["id"], "version": application["version"], "to": "IN_REVIEW", "reason": null});
        let moved = run(&owner, employers, "ApplicationMove", to).await["applicationMove"].clone();
        assert_eq!((&moved["userErrors"], &moved["application"]["status"]), (&json!([]), &json!("IN_REVIEW")));
        let seen = json!({"id": application["id"], "version": moved["application"]["version"]});
        let withdrawn = run(&casey, candidates, "Withdraw", seen).await["applicationWithdraw"].clone();
        assert_eq!((&withdrawn["userErrors"], &withdrawn["application"]["status"]), (&json!([]), &json!("WITHDRAWN")));
        check_keys(app).await;
    }

    async fn lists_search_and_market_run_as_they_stand(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({"title": "Backend Developer (Rust)", "workplace": "REMOTE", "applicantCountries": ["US"],
            "pay": {"min": "120000", "currency": "USD", "period": "YEAR"}})).await;
        let who = app.anonymous();
        let filter = json!({"roles": ["backend-developer"], "countries": ["US"]});
        let list = json!({"first": 20, "filter": {"roles": ["backend-developer"], "countries": ["US"], "workplaces": ["REMOTE"],
            "payAtLeast": {"amount": "100000", "currency": "USD"}}, "orderBy": [{"field": "PUBLISHED_AT", "direction": "DESC"}]});
        let list = run(&who, operations!("PostingList"), "PostingList", list).await["postings"].clone();
        assert_eq!((&list["totalCount"], &list["totalCountIsExact"]), (&json!(1), &json!(true)));
        let search = run(&who, operations!("Search"), "Search", json!({"search": "backend rust", "first": 20})).await;
        assert_eq!(search["postings"]["totalCount"], 1);
        assert_eq!(search["postings"]["facets"][0]["values"][0]["key"], "backend-developer");
        let suggest = json!({"prefix": "back", "kinds": ["ROLE", "SKILL", "PLACE", "EMPLOYER"]});
        let suggest = run(&who, operations!("Search"), "Suggest", suggest).await["suggest"].clone();
        assert!(suggest.as_array().is_some_and(|all| all.iter().any(|one| one["key"] == "backend-developer")), "{suggest}");
        let market = json!({"filter": filter, "currency": "USD", "convert": true});
        let market = run(&who, operations!("Market"), "Market", market).await["market"].clone();
        assert_eq!(market["salaryStatistics"]["suppressed"]["reason"], "TOO_FEW_POSTINGS");
        assert_eq!(market["salaryStatistics"]["median"], Value::Null);
        let groups = json!({"filter": {"countries": ["US"]}, "by": "EXPERIENCE_LEVEL", "currency": "USD", "first": 20});
        run(&who, operations!("MarketGroups"), "MarketGroups", groups).await;
        let series = json!({"filter": filter, "interval": "MONTH", "from": "2026-01-01", "to": "2026-11-01", "currency": "USD"});
        let series = run(&who, operations!("MarketSeries"), "MarketSeries", series).await;
        assert_eq!(series["market"]["series"].as_array().map(Vec::len), Some(10));
        let history = json!({"filter": filter, "interval": "WEEK", "from": "2026-01-01", "to": "2026-12-31", "currency": "USD", "role": "backend-developer"});
        let history = run(&who, operations!("MarketHistory"), "MarketHistory", history).await;
        assert_eq!(history["market"]["history"], json!([]), "nobody has written it down yet");
        assert_eq!(history["role"]["searchDemandByMonth"].as_array().map(Vec::len), Some(12));
        check_keys(app).await;
    }

    async fn the_role_page_shows_every_cited_figure(app: TestApp) {
        let who = app.anonymous();
        let page = run(&who, operations!("RolePage"), "RolePage", json!({"slug": "backend-developer"})).await["role"].clone();
        let file: Value = serde_json::from_str(include_str!("../../data/roles/backend-developer.json")).expect("JSON");
        assert_eq!(page["aliases"], file["role"]["aliases"]);
        let length = |value: &Value| value.as_array().map(Vec::len);
        assert_eq!(length(&page["citedSalaries"]), length(&file["salaryBenchmarks"]));
        assert_eq!(length(&page["citedDemand"]), length(&file["demandReports"]));
        assert_eq!(length(&page["outlooks"]), length(&file["outlooks"]));
        assert_eq!(length(&page["courses"]), length(&file["courses"]));
        assert_eq!(length(&page["similarRoles"]), length(&file["role"]["similarTitles"]));
        assert_eq!(page["citedDemand"][0]["seekersPerPosting"], "29.58");
        for (shown, cited) in page["citedSalaries"].as_array().expect("a list").iter().zip(file["salaryBenchmarks"].as_array().expect("a list")) {
            assert_eq!((&shown["publisher"], &shown["asOf"], &shown["period"]), (&cited["publisher"], &cited["asOf"], &cited["period"]));
            for figure in ["low", "average", "high"] {
                let told = cited[figure].as_f64();
                let amount = shown[figure]["amount"].as_str().map(|text| text.parse::<f64>().expect("a number"));
                assert_eq!(amount, told, "{figure} of {cited}");
            }
        }
        check_keys(app).await;
    }

    async fn live_changes_run_as_they_stand(app: TestApp) {
        let text = operations!("Live");
        let (owner, employer) = app.employer("Analytical Engines").await;
        let mut socket = Socket::ready(&app.url, owner.token.as_deref()).await;
        let filter = json!({"filter": {"roles": ["backend-developer"]}});
        socket.subscribe("postings", &operation(text, "PostingPublished"), filter).await;
        app.until_listening(2).await;
        let posting = owner.posting(&employer, json!({})).await;
        let told = json!({"id": posting["id"], "title": "Backend Developer", "employer": {"name": "Analytical Engines"}});
        assert_eq!(socket.data("postings").await["postingPublished"], told);

        let candidate = app.account("Casey").await;
        let submit = json!({"postingId": posting["id"]});
        let submitted = candidate.act("applicationSubmit", submit, "application { id version }").await.good();
        let application = &submitted["application"];
        socket.subscribe("one", &operation(text, "ApplicationChanged"), json!({"id": application["id"]})).await;
        app.until_listening(3).await;
        let moved = json!({"id": application["id"], "version": application["version"], "to": "IN_REVIEW"});
        owner.act("applicationMove", moved, "application { id }").await.good();
        let told = json!({"id": application["id"], "status": "IN_REVIEW", "version": 2});
        let mut heard = socket.data("one").await["applicationChanged"].clone();
        // The submission may still have been on its way when the subscription began.
        if heard["status"] == "SUBMITTED" {
            heard = socket.data("one").await["applicationChanged"].clone();
        }
        assert_eq!(heard, told);
        check_keys(app).await;
    }
}
