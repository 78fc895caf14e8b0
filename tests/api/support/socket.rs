//! A WebSocket as a client of `graphql-transport-ws` sees it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Whoever waits longer than this waits for nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// A socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What comes from the server.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Message(Value),
    Closed(u16, String),
    /// The connection went without a word.
    Gone,
}

impl Socket {
    /// Opens a socket, not more.
    pub async fn open(url: &str) -> Self {
        Self::with_headers(url, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.expect("a socket")
    }

    /// Opens a socket with these headers, or gives the status of the refusal.
    pub async fn with_headers(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let address = format!("{}/graphql", url.replacen("http", "ws", 1));
        let mut request = address.into_client_request().expect("an address");
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().expect("a header"));
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no handshake: {error}"),
        }
    }

    /// Opens a socket and has it acknowledged, for whoever has this token.
    pub async fn ready(url: &str, token: Option<&str>) -> Self {
        let mut socket = Self::open(url).await;
        let payload = token.map_or(Value::Null, |token| json!({"authorization": format!("Bearer {token}")}));
        socket.send(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(socket.hear().await, Heard::Message(json!({"type": "connection_ack"})));
        socket
    }

    pub async fn send(&mut self, message: Value) {
        self.send_frame(Message::text(message.to_string())).await;
    }

    pub async fn send_frame(&mut self, frame: Message) {
        // The server may have closed already; what it said is heard then.
        let _ = self.stream.send(frame).await;
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.send(json!({"id": id, "type": "subscribe", "payload": payload})).await;
    }

    /// The next message, or the end.
    pub async fn hear(&mut self) -> Heard {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("something to hear");
            match next {
                Some(Ok(Message::Text(text))) => return Heard::Message(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Heard::Closed(frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return Heard::Gone,
            }
        }
    }

    /// The next message.
    pub async fn message(&mut self) -> Value {
        match self.hear().await {
            Heard::Message(message) => message,
            other => panic!("a message, not {other:?}"),
        }
    }

    /// The data of the next result of an operation.
    pub async fn data(&mut self, id: &str) -> Value {
        let message = self.message().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        message["payload"]["data"].clone()
    }

    /// The code with which the server closes.
    pub async fn close_code(&mut self) -> u16 {
        match self.hear().await {
            Heard::Closed(code, _) => code,
            other => panic!("a close, not {other:?}"),
        }
    }

    /// `extensions.code` of the error with which an operation ended.
    pub async fn error(&mut self, id: &str) -> String {
        let message = self.message().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!(id)), "{message:#}");
        message["payload"][0]["extensions"]["code"].as_str().expect("a code").to_owned()
    }

    /// Asks for a pong, and expects it to be the next thing: nothing else was told before.
    pub async fn expect_silence(&mut self) {
        self.send(json!({"type": "ping", "payload": {"is": "anybody there"}})).await;
        let pong = json!({"type": "pong", "payload": {"is": "anybody there"}});
        assert_eq!(self.hear().await, Heard::Message(pong));
    }
}
