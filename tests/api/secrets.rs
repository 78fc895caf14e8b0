//! What the log of the server never says, however much it says.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Actor, text};

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_has_no_password_and_no_token_at_any_level() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("ROLECALL_DATA_DIR", folder.path()).env("ROLECALL_LISTEN", "127.0.0.1:0");
    command.env("ROLECALL_LOG_FILTER", "trace").env("ROLECALL_WORK", "false").env("ROLECALL_ENGINE", "false");
    let mut server = Server(command.spawn().expect("a server"));
    // The log is read as it comes, or the server would wait for it.
    let mut log = server.0.stderr.take().expect("a log");
    let heard = std::thread::spawn(move || {
        let mut text = Vec::new();
        log.read_to_end(&mut text).map(|_| String::from_utf8_lossy(&text).into_owned())
    });
    let lines = BufReader::new(server.0.stdout.take().expect("its words")).lines();
    let url = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
    let secrets = live(&url.expect("an address")).await;
    drop(server);
    let log = heard.join().expect("read").expect("a log");
    assert!(log.contains("/graphql"), "nothing was logged");
    for secret in secrets {
        assert!(!log.contains(&secret), "the log says {secret}");
    }
}

/// Does what an account does, and gives every secret that was in it.
async fn live(url: &str) -> Vec<String> {
    let (first, second) = ("wombats waltz at midnight", "umbrellas hum in the attic");
    let wrong = "giraffes never play the tuba";
    let somebody = Actor::anonymous(url);
    let tokens = |payload: &Value| ["accessToken", "refreshToken"].map(|name| text(&payload["session"][name]));
    let session = "session { accessToken refreshToken }";
    let made = json!({"email": "ada@example.org", "password": first, "name": "Ada"});
    let made = somebody.act("accountRegister", made, session).await.good();
    let [access, refresh] = tokens(&made);
    let ada = somebody.with_token(&json!(access));
    let mut secrets = vec![first.to_owned(), second.to_owned(), wrong.to_owned(), refresh.clone()];
    // A token is its signature; the rest of it is no secret, and the same for everybody.
    let signature = |token: &str| token.rsplit('.').next().expect("a signature").to_owned();
    secrets.push(signature(&access));
    ada.ask("{ viewer { id email } }", json!({})).await;
    let attempt = json!({"email": "ada@example.org", "password": wrong});
    assert!(!somebody.act("sessionCreate", attempt, session).await.refusals().is_empty());
    let renewed = somebody.act("sessionRefresh", json!({"refreshToken": refresh}), session).await.good();
    let [access, refresh] = tokens(&renewed);
    secrets.extend([signature(&access), refresh]);
    let change = json!({"currentPassword": first, "password": second});
    ada.act("passwordChange", change, "account { id }").await.good();
    // What is no document, no body, or no token is not repeated either.
    let inline = format!(
        "mutation {{ sessionCreate(input: {{email: \"a@example.org\", password: \"{second}\", x: 1}}) {{ x }} }}"
    );
    somebody.send(&inline, json!({})).await;
    let body = format!("{{\"query\": \"{first}\"");
    let client = reqwest::Client::new();
    client
        .post(format!("{url}/graphql"))
        .header("Content-Type", "application/json")
        .body(body)
        .send()
        .await
        .expect("an answer");
    somebody.with_token(&json!(format!("{access}x"))).send("{ viewer { id } }", json!({})).await;
    secrets
}
