//! What can be wrong with a value, by its type.

use std::fmt;

use apollo_compiler::ast::Type;
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use serde_json::{Value, json};

use super::schema::Inputs;

/// Arguments that are judged together, and the one at which it is told.
const GOES_WITH: [(&str, &str); 2] = [("applyKind", "applyTarget"), ("email", "password")];

/// One wrong value in an input that is otherwise right.
#[derive(Clone)]
pub struct Fault {
    /// Names and positions from `input` inwards.
    path: Vec<String>,
    what: &'static str,
    change: Change,
    /// Whether a value of this kind may also be right, depending on the argument.
    may_pass: bool,
    is_of_id: bool,
    /// Whether it is told of the object that has the value: null is not one of several.
    is_told_above: bool,
}

#[derive(Clone)]
enum Change {
    To(Value),
    Absent,
}

/// Identifiers that are well formed, of objects of which the viewer may not have one.
pub struct Foreign {
    /// A posting of somebody else.
    pub posting: String,
    /// Somebody else's employer.
    pub employer: String,
}

impl Fault {
    /// The input with this fault in it.
    pub fn on(&self, base: &Value) -> Value {
        let mut input = base.clone();
        let Some((last, above)) = self.path.split_last() else {
            let Change::To(value) = &self.change else { return Value::Null };
            return value.clone();
        };
        let mut place = &mut input;
        for step in above {
            place = match step.parse::<usize>() {
                Ok(at) => &mut place[at],
                Err(_) => &mut place[step.as_str()],
            };
        }
        match (&self.change, last.parse::<usize>()) {
            (Change::To(value), Ok(at)) => place[at] = value.clone(),
            (Change::To(value), Err(_)) => place[last.as_str()] = value.clone(),
            (Change::Absent, _) => drop(place.as_object_mut().and_then(|object| object.remove(last))),
        }
        input
    }

    /// Whether the input may be taken all the same.
    pub fn may_pass(&self) -> bool {
        self.may_pass
    }

    /// Whether an identifier is wrong.
    pub fn is_of_id(&self) -> bool {
        self.is_of_id
    }

    /// The argument of the mutation in which the fault lies.
    pub fn argument(&self) -> &str {
        self.path.first().map_or("input", String::as_str)
    }

    /// Whether the message of a variable's fault names the place: the value itself, or the object that lacks it or has
    /// it too much.
    pub fn is_named_in(&self, message: &str) -> bool {
        let mut place = "input".to_owned();
        for (at, step) in self.path.iter().enumerate() {
            let is_last = at + 1 == self.path.len();
            if is_last && self.is_told_above {
                break;
            }
            if is_last && message.contains(&format!("Field \"{step}\"")) {
                return true;
            }
            place = if step.parse::<usize>().is_ok() { format!("{place}[{step}]") } else { format!("{place}.{step}") };
        }
        self.path.is_empty() || message.contains(&format!("\"{place}"))
    }

    /// Whether the path of a user's error leads to the fault: the same argument, from the same item of a list, or one of
    /// which it is told that it does not go with it.
    pub fn concerns(&self, path: &[&str]) -> bool {
        let told = path.iter().skip(1);
        self.path.iter().zip(told).all(|(own, told)| own == told || GOES_WITH.contains(&(own, told)))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at input.{}", self.what, self.path.join("."))
    }
}

/// All faults of a mutation's input, of which `base` is one that is right and has every field.
pub fn of_input(inputs: &Inputs, mutation: &str, base: &Value, foreign: Option<&Foreign>) -> Vec<Fault> {
    let Some(ty) = inputs.input_of(mutation) else { return Vec::new() };
    let mut all = Faults { inputs, foreign, found: Vec::new(), within: Vec::new() };
    all.of_value(&mut Vec::new(), ty, Some(base));
    all.found
}

struct Faults<'a> {
    inputs: &'a Inputs,
    foreign: Option<&'a Foreign>,
    found: Vec<Fault>,
    /// The kinds of objects around the value.
    within: Vec<String>,
}

impl Faults<'_> {
    fn add(&mut self, path: &[String], what: &'static str, value: Value) {
        self.push(path, what, Change::To(value), false);
    }

    /// A value that some arguments of the type take.
    fn add_doubtful(&mut self, path: &[String], what: &'static str, value: Value) {
        self.push(path, what, Change::To(value), true);
    }

    fn push(&mut self, path: &[String], what: &'static str, change: Change, may_pass: bool) {
        self.found.push(Fault { path: path.to_vec(), what, change, may_pass, is_of_id: false, is_told_above: false });
    }

    fn of_value(&mut self, path: &mut Vec<String>, ty: &Type, base: Option<&Value>) {
        self.push(path, "null", Change::To(Value::Null), !ty.is_non_null());
        if ty.is_list() {
            return self.of_list(path, ty, base);
        }
        match self.inputs.named(ty) {
            ExtendedType::InputObject(object) => self.of_object(path, object, base),
            ExtendedType::Enum(_) => self.of_enum(path, base),
            _ => self.of_scalar(path, ty.inner_named_type()),
        }
    }

    fn of_list(&mut self, path: &mut Vec<String>, ty: &Type, base: Option<&Value>) {
        self.add_doubtful(path, "an empty list", json!([]));
        let Some(item) = base.and_then(Value::as_array).and_then(|items| items.first()) else {
            panic!("the base input has no item at {path:?}");
        };
        self.add(path, "101 items", json!(vec![item.clone(); 101]));
        self.add_doubtful(path, "an item twice", json!([item, item]));
        path.push("0".to_owned());
        self.of_value(path, ty.item_type(), Some(item));
        path.pop();
    }

    fn of_object(&mut self, path: &mut Vec<String>, object: &InputObjectType, base: Option<&Value>) {
        let Some(base) = base.filter(|base| base.is_object()) else {
            panic!("the base input has no object at {path:?}")
        };
        for (what, value) in [
            ("a text for an object", json!("text")),
            ("a number for an object", json!(7)),
            ("a list of nothing for an object", json!([[]])),
        ] {
            self.add(path, what, value);
        }
        path.push("noSuchField".to_owned());
        self.add(path, "an unknown field", json!(1));
        path.pop();
        let is_one_of = object.directives.has("oneOf");
        if is_one_of {
            let all =
                object.fields.keys().map(|name| (name.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>();
            self.add(path, "none of several", json!({}));
            self.add(path, "several of which one is taken", json!(all));
        }
        for field in object.fields.values() {
            // An object inside of one of its own kind has what the base gives it: nothing ends otherwise.
            let is_nested = self.within.iter().any(|kind| *kind == object.name.as_str());
            if (is_one_of || is_nested) && base.get(field.name.as_str()).is_none() {
                continue;
            }
            path.push(field.name.to_string());
            if field.ty.is_non_null() && field.default_value.is_none() {
                self.push(path, "an absent field", Change::Absent, false);
            }
            let before = self.found.len();
            self.within.push(object.name.to_string());
            self.of_value(path, &field.ty, base.get(field.name.as_str()));
            self.within.pop();
            if let Some(null) = self.found.get_mut(before).filter(|_| is_one_of) {
                (null.may_pass, null.is_told_above) = (false, true);
            }
            path.pop();
        }
    }

    fn of_enum(&mut self, path: &[String], base: Option<&Value>) {
        self.add(path, "an unknown word", json!("NO_SUCH_WORD"));
        self.add(path, "a number for a word", json!(7));
        if let Some(word) = base.and_then(Value::as_str) {
            self.add(path, "a word in small letters", json!(word.to_lowercase()));
        }
    }

    fn of_scalar(&mut self, path: &[String], scalar: &str) {
        self.add(path, "an object", json!({}));
        match scalar {
            "Int" => self.of_int(path),
            "Float" => self.of_float(path),
            "Boolean" => {
                self.add(path, "a text for a flag", json!("true"));
                self.add(path, "a number for a flag", json!(1));
            }
            "ID" => self.of_id(path),
            _ => {
                self.add(path, "a number for a text", json!(7));
                self.add(path, "a flag for a text", json!(true));
                self.of_text(path, scalar);
            }
        }
    }

    fn of_int(&mut self, path: &[String]) {
        for (what, value) in [
            ("a text for a number", json!("7")),
            ("a fraction", json!(1.5)),
            ("2^31", json!(2_147_483_648_i64)),
            ("a flag for a number", json!(true)),
            ("the least number", json!(i32::MIN)),
            ("the largest number", json!(i32::MAX)),
            ("less than nothing", json!(-1)),
        ] {
            self.add(path, what, value);
        }
        self.add_doubtful(path, "zero", json!(0));
    }

    fn of_float(&mut self, path: &[String]) {
        for (what, value) in [
            ("a text for a number", json!("7")),
            ("no number", json!("NaN")),
            ("a flag for a number", json!(true)),
            ("a huge number", json!(1e308)),
            ("less than nothing", json!(-1.0)),
        ] {
            self.add(path, what, value);
        }
        self.add_doubtful(path, "next to nothing", json!(5e-324));
    }

    fn of_id(&mut self, path: &[String]) {
        let before = self.found.len();
        let missing = "01jq0000000000000000000000";
        for (what, value) in [
            ("an empty id", String::new()),
            ("a garbled id", "nonsense".to_owned()),
            ("a control character in an id", "posting_\u{0}".to_owned()),
            ("an id that nothing has", format!("posting_{missing}")),
            ("an id that nothing has", format!("employer_{missing}")),
            ("an id that nothing has", format!("membership_{missing}")),
            ("an id that nothing has", format!("session_{missing}")),
            ("a long id", "x".repeat(10_000)),
        ] {
            self.add(path, what, json!(value));
        }
        if let Some(Foreign { posting, employer }) = self.foreign {
            self.add(path, "somebody else's posting", json!(posting));
            // Everybody sees employers, and may look for their postings.
            let is_looked_for = path.iter().any(|step| step == "filter");
            self.push(path, "somebody else's employer", Change::To(json!(employer)), is_looked_for);
        }
        for fault in &mut self.found[before..] {
            fault.is_of_id = true;
        }
    }

    fn of_text(&mut self, path: &[String], scalar: &str) {
        self.add(path, "a long text", json!("x".repeat(30_001)));
        let null = json!("a\u{0}b, and thirty characters of text");
        if path.last().is_some_and(|last| last.to_lowercase().contains("password")) {
            // A pass phrase may have any character.
            return self.add_doubtful(path, "a null character", null);
        }
        self.add(path, "a null character", null);
        self.add(path, "a control character", json!("a\u{1b}b, and thirty characters of text"));
        let wrong: &[&str] = match scalar {
            "DateTime" => &["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-26", "0000-00-00T00:00:00Z"],
            "LocalDate" => &["", "yesterday", "2026-02-30", "2026-11-26T00:00:00Z"],
            "Decimal" => &["", "NaN", "Infinity", "1,5", "1e400", "--1", "0x10"],
            "Currency" => &["", "usd", "XYZ", "EURO"],
            "CountryCode" => &["", "us", "USA", "ZZ"],
            "EmailAddress" => &["", "nobody", "@", "a b@example.org"],
            "URL" => &["", "example", "javascript:alert(1)", "http://"],
            _ => {
                self.add_doubtful(path, "an empty text", json!(""));
                self.add_doubtful(path, "a blank text", json!("  "));
                self.add_doubtful(path, "signs that patterns read", json!("%_\\'\"; --"));
                return;
            }
        };
        for text in wrong {
            self.add(path, "a text of the wrong form", json!(text));
        }
    }
}
