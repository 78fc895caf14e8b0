//! A mail server of the tests' own: it speaks as much SMTP as is needed to be real, and fails as told.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server is like at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes mails.
    Takes,
    /// It knows the recipient, and asks to come back later.
    Later,
    /// It does not know the recipient.
    Never,
    /// It hangs up after the mail, before it says that it has it.
    HangsUp,
    /// It hangs up on everyone at once.
    Away,
    /// It lets nobody in.
    Closed,
}

/// A mail that the server took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    pub text: String,
}

/// The server. It ends with the value.
pub struct Sink {
    pub address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<Vec<Taken>>>,
    tries: Arc<Mutex<usize>>,
    task: JoinHandle<()>,
}

impl Sink {
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (mood, taken, tries) = (Arc::new(Mutex::new(Mood::Takes)), Arc::default(), Arc::default());
        let (of_task, taken_by_task, tries_of_task) = (Arc::clone(&mood), Arc::clone(&taken), Arc::clone(&tries));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mood, taken, tries) =
                    (Arc::clone(&of_task), Arc::clone(&taken_by_task), Arc::clone(&tries_of_task));
                tokio::spawn(async move { drop(talk(stream, &mood, &taken, &tries).await) });
            }
        });
        Self { address, mood, taken, tries, task }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock().expect("a mood") = mood;
    }

    /// What it took so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().expect("mails").clone()
    }

    /// How many mails were begun.
    pub fn tries(&self) -> usize {
        *self.tries.lock().expect("a number")
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn talk(
    stream: TcpStream,
    mood: &Mutex<Mood>,
    taken: &Mutex<Vec<Taken>>,
    tries: &Mutex<usize>,
) -> std::io::Result<()> {
    let now = || *mood.lock().expect("a mood");
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    match now() {
        Mood::Away => return Ok(()),
        Mood::Closed => return write.write_all(b"554 no service here\r\n").await,
        _ => write.write_all(b"220 sink ready\r\n").await?,
    }
    let mut to = String::new();
    while let Some(line) = lines.next_line().await? {
        if now() == Mood::Away {
            return Ok(());
        }
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-sink\r\n250 8BITMIME",
            "MAIL" => {
                *tries.lock().expect("a number") += 1;
                "250 go on"
            }
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                match now() {
                    Mood::Later => "451 4.2.1 try again later",
                    Mood::Never => "550 5.1.1 there is no such mailbox",
                    _ => "250 go on",
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    text.push_str(&line);
                    text.push('\n');
                }
                if now() == Mood::HangsUp {
                    return Ok(());
                }
                taken.lock().expect("mails").push(Taken { to: to.clone(), text });
                "250 it is here"
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "250 fine",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
