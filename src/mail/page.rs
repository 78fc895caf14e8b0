//! A letter in words, and its two forms.

use askama::Template;

/// What a mail shows, from top to bottom. Both forms show all of it: what is in here is escaped in HTML and stands as it
/// is in text.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Subject and heading.
    pub subject: String,
    /// The line that lists of mails show beside the subject.
    pub preview: String,
    /// What it says, in paragraphs.
    pub paragraphs: Vec<String>,
    /// Words of somebody else.
    pub quote: Option<Quote>,
    /// Facts with their labels.
    pub facts: Vec<(&'static str, String)>,
    /// Things to look at.
    pub items: Vec<Item>,
    /// That there are more things than shown.
    pub rest: Option<String>,
    /// What to do next.
    pub action: Option<Action>,
    /// What else to know, below the action.
    pub notes: Vec<String>,
    /// Why the person gets this mail.
    pub reason: &'static str,
}

/// Words of somebody else.
#[derive(Clone, Debug)]
pub struct Quote {
    /// Whose words.
    pub from: String,
    /// The words; they may have several lines.
    pub text: String,
}

/// A thing to look at.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its title.
    pub title: String,
    /// What else to know of it, in one line.
    pub detail: String,
    /// Where it is.
    pub url: String,
}

/// What to do next.
#[derive(Clone, Debug)]
pub struct Action {
    /// The words on the button.
    pub label: &'static str,
    /// Where it leads.
    pub url: String,
}

/// What is around a page.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// Name of the board.
    pub board: &'a str,
    /// Name of the person, if known.
    pub name: Option<&'a str>,
    /// Address of the page that ends mails like this one.
    pub unsubscribe: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    page: &'a Page,
    frame: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    page: &'a Page,
    frame: &'a Frame<'a>,
}

impl Frame<'_> {
    fn greeting(&self) -> String {
        self.name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"))
    }
}

impl Page {
    /// The page as HTML.
    ///
    /// # Errors
    /// The template cannot be filled.
    pub fn html(&self, frame: &Frame<'_>) -> askama::Result<String> {
        Html { page: self, frame }.render()
    }

    /// The page as text.
    ///
    /// # Errors
    /// The template cannot be filled.
    pub fn text(&self, frame: &Frame<'_>) -> askama::Result<String> {
        Text { page: self, frame }.render()
    }
}
