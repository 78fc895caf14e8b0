//! The guard before whatever comes: texts that are nothing, documents that somebody damaged, fragments spread at random.
//! What it measures is compared with a plain count of the same shape. `PROPTEST_CASES` asks for more.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use apollo_compiler::Schema;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rolecall::graphql::conformance::{Documents, Limits, RefusalKind, Scalars};
use serde_json::json;

use crate::generator::Generator;
use crate::toy;

/// Fragments of a shape.
const FRAGMENTS: usize = 24;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

fn unlimited() -> Limits {
    let most = u64::MAX;
    Limits { selections: most, aliases: most, root_fields: most, depth: most, nesting: most, ..toy::generous() }
}

/// A part of a selection.
#[derive(Clone, Debug)]
enum Piece {
    Leaf { aliased: bool },
    Field(Vec<Self>),
    Inline(Vec<Self>),
    Spread(usize),
}

/// The operation, and the fragments that it may spread.
#[derive(Clone, Debug)]
struct Shape {
    operation: Vec<Piece>,
    fragments: Vec<Vec<Piece>>,
}

/// What stands in a document when every fragment is written out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    selections: u128,
    aliases: u128,
    depth: u128,
    nesting: u128,
}

impl Size {
    fn beside(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            aliases: self.aliases.saturating_add(other.aliases),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
        }
    }

    fn below(self, levels: u128) -> Self {
        Self {
            selections: self.selections.saturating_add(1),
            depth: self.depth + levels,
            nesting: self.nesting + 1,
            ..self
        }
    }
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let piece = prop_oneof![
        2 => any::<bool>().prop_map(|aliased| Piece::Leaf { aliased }),
        3 => (0..FRAGMENTS).prop_map(Piece::Spread),
    ];
    let piece = piece.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![vec(inner.clone(), 1..4).prop_map(Piece::Field), vec(inner, 1..4).prop_map(Piece::Inline),]
    });
    vec(piece, 1..5)
}

fn shape() -> impl Strategy<Value = Shape> {
    (pieces(), vec(pieces(), 1..FRAGMENTS)).prop_map(|(operation, fragments)| Shape { operation, fragments })
}

impl Shape {
    /// The shape without circles: a fragment spreads only later ones, and the last one none.
    fn forwards(mut self) -> Self {
        fn turn(pieces: &mut [Piece], from: usize, count: usize) {
            for piece in pieces {
                match piece {
                    Piece::Leaf { .. } => {}
                    Piece::Field(below) | Piece::Inline(below) => turn(below, from, count),
                    Piece::Spread(_) if from == count => *piece = Piece::Leaf { aliased: false },
                    Piece::Spread(to) => *to = from + *to % (count - from),
                }
            }
        }
        let count = self.fragments.len();
        turn(&mut self.operation, 0, count);
        for (at, pieces) in self.fragments.iter_mut().enumerate() {
            turn(pieces, at + 1, count);
        }
        self
    }

    fn target(&self, spread: usize) -> usize {
        spread % self.fragments.len()
    }

    fn text(&self) -> String {
        fn write(shape: &Shape, pieces: &[Piece], out: &mut String) {
            for piece in pieces {
                let names = out.len();
                match piece {
                    Piece::Leaf { aliased: true } => write!(out, " a{names}: ok"),
                    Piece::Leaf { aliased: false } => write!(out, " ok"),
                    Piece::Spread(to) => write!(out, " ...F{}", shape.target(*to)),
                    Piece::Field(_) => write!(out, " thing {{"),
                    Piece::Inline(_) => write!(out, " ... {{"),
                }
                .expect("a string grows");
                if let Piece::Field(below) | Piece::Inline(below) = piece {
                    write(shape, below, out);
                    out.push('}');
                }
            }
        }
        let mut out = "{ thing {".to_owned();
        write(self, &self.operation, &mut out);
        out.push_str("} }");
        for (at, pieces) in self.fragments.iter().enumerate() {
            write!(out, " fragment F{at} on Thing {{").expect("a string grows");
            write(self, pieces, &mut out);
            out.push('}');
        }
        out
    }

    /// The size of each fragment; `None` when one spreads itself, whatever lies between.
    fn sizes(&self) -> Option<Vec<Size>> {
        let mut sizes = vec![None; self.fragments.len()];
        for at in 0..sizes.len() {
            self.fragment(at, &mut sizes, &mut Vec::new())?;
        }
        sizes.into_iter().collect()
    }

    fn fragment(&self, at: usize, sizes: &mut Vec<Option<Size>>, open: &mut Vec<usize>) -> Option<Size> {
        if sizes[at].is_none() {
            if open.contains(&at) {
                return None;
            }
            open.push(at);
            sizes[at] = Some(self.size(&self.fragments[at], sizes, open)?);
            open.pop();
        }
        sizes[at]
    }

    fn size(&self, pieces: &[Piece], sizes: &mut Vec<Option<Size>>, open: &mut Vec<usize>) -> Option<Size> {
        let mut total = Size::default();
        for piece in pieces {
            total = total.beside(match piece {
                Piece::Leaf { aliased } => Size { aliases: u128::from(*aliased), ..Size::default() }.below(1),
                Piece::Field(below) => self.size(below, sizes, open)?.below(1),
                Piece::Inline(below) => self.size(below, sizes, open)?.below(0),
                Piece::Spread(to) => self.fragment(self.target(*to), sizes, open)?.below(0),
            });
        }
        Some(total)
    }

    /// The fragments that are written out with these pieces.
    fn reach(&self, pieces: &[Piece], reached: &mut HashSet<usize>) {
        for piece in pieces {
            match piece {
                Piece::Leaf { .. } => {}
                Piece::Field(below) | Piece::Inline(below) => self.reach(below, reached),
                Piece::Spread(to) => {
                    let to = self.target(*to);
                    if reached.insert(to) {
                        self.reach(&self.fragments[to], reached);
                    }
                }
            }
        }
    }

    /// The size of the document, in which fragments that nobody spreads count too; `None` for a circle.
    fn whole(&self) -> Option<Size> {
        let sizes = self.sizes()?;
        let mut known: Vec<_> = sizes.iter().copied().map(Some).collect();
        let mut total = self.size(&self.operation, &mut known, &mut Vec::new())?.below(1);
        let mut reached = HashSet::new();
        self.reach(&self.operation, &mut reached);
        for (at, size) in sizes.iter().enumerate() {
            if reached.insert(at) {
                self.reach(&self.fragments[at], &mut reached);
                total = total.beside(*size);
            }
        }
        Some(total)
    }
}

fn clamped(size: u128) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// A text gets a verdict in a bounded number of steps.
fn is_judged(documents: &Documents, text: &str) {
    if let Err(refusal) = documents.prepare(text) {
        assert!(!refusal.errors.is_empty() && refusal.errors.iter().all(|error| !error.message.is_empty()), "{text}");
    }
    if let Ok(measure) = documents.measure(text) {
        assert!(measure.steps <= text.len() as u64, "{} steps for {text}", measure.steps);
    }
}

static TOY: LazyLock<Documents> = LazyLock::new(|| toy::documents(Limits::default()));
static UNLIMITED: LazyLock<Documents> = LazyLock::new(|| toy::documents(unlimited()));

fn of_the_board(cost: u64) -> Documents {
    let limits = Limits { cost, ..unlimited() };
    Documents::new(include_str!("../../schema.graphql"), limits, Scalars::new()).expect("the committed schema")
}

/// What documents are made of, and what they are not.
fn token() -> impl Strategy<Value = String> {
    let signs = "{ } ( ) [ ] ! $ @ : = ... & | # \" \"\"\" \\ , - 1 0 -0 1.5e9 1e999 00 \u{feff} \u{0} \n \r";
    let words =
        "query mutation subscription fragment on true false null __typename __schema ok thing fine int type extend";
    let known: Vec<String> = signs.split(' ').chain(words.split(' ')).map(str::to_owned).collect();
    prop_oneof![9 => prop::sample::select(known), 1 => "\\PC{0,3}"]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_is_no_document_is_refused_in_words(tokens in vec(token(), 0..80), glue in "[ ,\n]?") {
        is_judged(&TOY, &tokens.join(glue.as_str()));
    }

    #[test]
    fn damaged_documents_are_judged(seed in any::<u64>(), edits in vec((any::<prop::sample::Index>(), token()), 1..6)) {
        static SCHEMA: LazyLock<apollo_compiler::validation::Valid<Schema>> = LazyLock::new(|| {
            Schema::parse_and_validate(toy::sdl(&toy::schema()), "toy").expect("the toy schema is valid")
        });
        let case = Generator::new(&SCHEMA, seed).case();
        let mut letters: Vec<String> = case.query.chars().map(String::from).collect();
        for (at, token) in edits {
            let at = at.index(letters.len());
            letters[at] = token;
        }
        is_judged(&TOY, &letters.concat());
    }

    #[test]
    fn fragments_are_measured_as_if_they_were_written_out(shape in shape()) {
        let shape = shape.forwards();
        let (text, size) = (shape.text(), shape.whole().expect("there is no circle"));
        let measure = UNLIMITED.measure(&text).map_err(|refusal| refusal.errors).expect("there is no limit");
        let measured = [measure.selections, measure.aliases, measure.depth, measure.nesting];
        prop_assert_eq!(measured, [size.selections, size.aliases, size.depth, size.nesting].map(clamped), "{}", text);
        prop_assert!(measure.steps <= text.len() as u64);
        let is_too_much = size.selections > 2_000 || size.aliases > 30 || size.depth > 15 || size.nesting > 100;
        let refused = TOY.prepare(&text).err().map(|refusal| refusal.kind);
        prop_assert_eq!(refused == Some(RefusalKind::Cost), is_too_much, "{:?} for {}", refused, text);
    }

    #[test]
    fn circles_of_fragments_are_found_wherever_they_are(shape in shape()) {
        let refused = UNLIMITED.measure(&shape.text()).err().map(|refusal| refusal.kind);
        let expected = shape.whole().is_none().then_some(RefusalKind::Validation);
        prop_assert_eq!(refused, expected, "{}", shape.text());
    }

    #[test]
    fn no_page_size_makes_a_price_wrap_around(sizes in vec(prop_oneof![1..=100_i32, any::<i32>()], 1..12)) {
        static FREE: LazyLock<Documents> = LazyLock::new(|| of_the_board(u64::MAX));
        static DEAR: LazyLock<Documents> = LazyLock::new(|| of_the_board(5_000));
        let (mut definitions, mut before, mut after) = (String::new(), String::new(), String::new());
        for at in 0..sizes.len() {
            write!(definitions, "$v{at}: Int ").expect("a string grows");
            write!(before, "postings(first: $v{at}) {{ edges {{ node {{ employer {{ ").expect("a string grows");
            after.push_str("} } } }");
        }
        let query = format!("query({definitions}) {{ employer(slug: \"a\") {{ {before} id {after} }} }}");
        let variables = sizes.iter().enumerate().map(|(at, size)| (format!("v{at}"), json!(size))).collect();
        let price = |documents: &Documents| {
            let prepared = documents.prepare(&query).map_err(|refusal| refusal.errors).expect("it is valid");
            prepared.call(None, &variables).map(|call| call.price().requested).map_err(|refusal| refusal.kind)
        };
        let least = sizes.iter().fold(1_u64, |all, size| all.saturating_mul(u64::try_from(*size).unwrap_or(0)));
        let free = price(&FREE).expect("there is no limit");
        prop_assert!(free >= least, "{free} for {sizes:?}");
        prop_assert_eq!(price(&DEAR), if free > 5_000 { Err(RefusalKind::Cost) } else { Ok(free) });
    }
}
