//! Functions of the distance written as text, as they stand in scripts and files: `exp(-d/100)`.

use std::fmt;
use std::sync::Arc;

/// A function of the distance d in um, written as in PyNN: numbers, `d`, `pi`, `e`, `+ - * / **`, comparisons (1 where they
/// hold, 0 where not), and `exp log log10 sqrt abs sin cos tan floor min max`.
///
/// A text that cannot be read is an error of the build of the network.
///
/// ```
/// use pynn_core::expression::Expression;
///
/// assert_eq!(Expression::new("(d <= 3) * 0.5").at(2.0), 0.5);
/// assert!(Expression::new("exp(-d/)").check().unwrap_err().contains("expected a number"));
/// ```
#[derive(Clone)]
pub struct Expression {
    text: Arc<str>,
    parsed: Arc<Result<Node, String>>,
}

impl Expression {
    /// The function that `text` describes.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut parser = Parser { text, at: 0 };
        let parsed = parser.comparison().and_then(|node| match parser.rest() {
            "" => Ok(node),
            _ => Err(parser.wrong("expected an operator")),
        });
        Self { text: text.into(), parsed: Arc::new(parsed) }
    }

    /// Says what is wrong with the text, if anything.
    ///
    /// # Errors
    /// With the text, a mark under the place, and what was expected there.
    pub fn check(&self) -> Result<(), String> {
        self.parsed.as_ref().as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// The value at the distance `d` um; NaN of a text that cannot be read.
    #[must_use]
    pub fn at(&self, d: f64) -> f64 {
        self.parsed.as_ref().as_ref().map_or(f64::NAN, |node| node.at(d))
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

#[derive(Debug)]
enum Node {
    Number(f64),
    Distance,
    Negative(Box<Node>),
    Call(fn(f64) -> f64, Box<Node>),
    Both(fn(f64, f64) -> f64, Box<[Node; 2]>),
}

impl Node {
    fn at(&self, d: f64) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Distance => d,
            Self::Negative(of) => -of.at(d),
            Self::Call(function, of) => function(of.at(d)),
            Self::Both(function, of) => function(of[0].at(d), of[1].at(d)),
        }
    }

    fn both(function: fn(f64, f64) -> f64, left: Self, right: Self) -> Self {
        Self::Both(function, Box::new([left, right]))
    }
}

/// An operator as it is written, and what it does.
type Operator = (&'static str, fn(f64, f64) -> f64);

/// A function as it is written, and what it does.
type Function = (&'static str, fn(f64) -> f64);

const COMPARISONS: [Operator; 6] = [
    ("<=", |a, b| f64::from(u8::from(a <= b))),
    (">=", |a, b| f64::from(u8::from(a >= b))),
    ("==", |a, b| f64::from(u8::from(a == b))),
    ("!=", |a, b| f64::from(u8::from(a != b))),
    ("<", |a, b| f64::from(u8::from(a < b))),
    (">", |a, b| f64::from(u8::from(a > b))),
];
const SUMS: [Operator; 2] = [("+", |a, b| a + b), ("-", |a, b| a - b)];
const PRODUCTS: [Operator; 2] = [("*", |a, b| a * b), ("/", |a, b| a / b)];
const FUNCTIONS: [Function; 9] = [
    ("exp", f64::exp),
    ("log", f64::ln),
    ("log10", f64::log10),
    ("sqrt", f64::sqrt),
    ("abs", f64::abs),
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("floor", f64::floor),
];
const OF_TWO: [Operator; 2] = [("min", f64::min), ("max", f64::max)];

/// Reads by descent: comparison, sum, product, sign, power, value.
struct Parser<'t> {
    text: &'t str,
    at: usize,
}

type Parsed = Result<Node, String>;

impl<'t> Parser<'t> {
    fn rest(&mut self) -> &'t str {
        let rest = self.text[self.at..].trim_start();
        self.at = self.text.len() - rest.len();
        rest
    }

    fn wrong(&self, expected: &str) -> String {
        let mark = " ".repeat(self.text[..self.at].chars().count());
        format!("{expected} in the expression\n    {}\n    {mark}^", self.text)
    }

    fn takes(&mut self, word: &str) -> bool {
        // `**` is no `*`.
        let found = self.rest().strip_prefix(word).is_some_and(|rest| word != "*" || !rest.starts_with('*'));
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn one_of(&mut self, operators: &[Operator]) -> Option<fn(f64, f64) -> f64> {
        operators.iter().find(|(symbol, _)| self.takes(symbol)).map(|(_, function)| *function)
    }

    fn chain(&mut self, operators: &[Operator], next: fn(&mut Self) -> Parsed) -> Parsed {
        let mut left = next(self)?;
        while let Some(function) = self.one_of(operators) {
            left = Node::both(function, left, next(self)?);
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed {
        self.chain(&COMPARISONS, |parser| parser.chain(&SUMS, |parser| parser.chain(&PRODUCTS, Self::signed)))
    }

    fn signed(&mut self) -> Parsed {
        if self.takes("-") {
            return Ok(Node::Negative(Box::new(self.signed()?)));
        }
        let base = self.value()?;
        if self.takes("**") { Ok(Node::both(f64::powf, base, self.signed()?)) } else { Ok(base) }
    }

    fn value(&mut self) -> Parsed {
        if self.takes("(") {
            let inner = self.comparison()?;
            return self.closed(inner);
        }
        let rest = self.rest();
        if rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return self.number(rest);
        }
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) {
            let inner = self.arguments(name)?;
            return self.closed(Node::Call(*function, Box::new(inner)));
        }
        if let Some((_, function)) = OF_TWO.iter().find(|(known, _)| *known == name) {
            let first = self.arguments(name)?;
            if !self.takes(",") {
                return Err(self.wrong("expected `,` and a second number"));
            }
            let second = self.comparison()?;
            return self.closed(Node::both(*function, first, second));
        }
        let value = match name {
            "d" => Node::Distance,
            "pi" => Node::Number(std::f64::consts::PI),
            "e" => Node::Number(std::f64::consts::E),
            "" => return Err(self.wrong("expected a number, `d`, `(` or a function such as `exp`")),
            _ => return Err(self.wrong(&format!("`{name}` is neither `d` nor a known function"))),
        };
        self.at += name.len();
        Ok(value)
    }

    /// A number; its exponent may have a sign.
    fn number(&mut self, rest: &str) -> Parsed {
        let mut end = 0;
        for (index, c) in rest.char_indices() {
            let signed = matches!(c, '+' | '-') && rest[..index].ends_with(['e', 'E']);
            if !(c.is_ascii_alphanumeric() || c == '.' || signed) {
                break;
            }
            end = index + 1;
        }
        let number = rest[..end].parse().map_err(|_| self.wrong("this is no number"))?;
        self.at += end;
        Ok(Node::Number(number))
    }

    fn arguments(&mut self, name: &str) -> Parsed {
        self.at += name.len();
        if self.takes("(") {
            self.comparison()
        } else {
            Err(self.wrong(&format!("expected `(` after `{name}`")))
        }
    }

    fn closed(&mut self, inner: Node) -> Parsed {
        if self.takes(")") { Ok(inner) } else { Err(self.wrong("expected `)`")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_python_reads_them() {
        let cases = [
            ("0.2+0.3*d", 0.8),
            ("exp(-d/2)", (-1.0f64).exp()),
            ("-d**2 + 2 ** -1", -3.5),
            ("2**3**0.5", 2f64.powf(3f64.powf(0.5))),
            ("(d < 3) * 0.5 + (d >= 3)", 0.5),
            ("1 - 2 - 3", -4.0),
            ("8 / d / 2", 2.0),
            (" max(d, 1e+1) - min( d , pi)", 8.0),
            ("d - -1.5e-1*2", 2.3),
        ];
        for (text, expected) in cases {
            let expression = Expression::new(text);
            assert_eq!(expression.check(), Ok(()), "{text}");
            assert!((expression.at(2.0) - expected).abs() < 1e-15, "{text} is {}", expression.at(2.0));
        }
    }

    #[test]
    fn a_mistake_is_marked() {
        let message = |text| Expression::new(text).check().unwrap_err();
        assert_eq!(
            message("exp(-x/100)"),
            "`x` is neither `d` nor a known function in the expression\n    exp(-x/100)\n         ^"
        );
        for (text, words) in [
            ("", "expected a number"),
            ("d d", "expected an operator"),
            ("(d", "expected `)`"),
            ("exp d", "expected `(` after `exp`"),
            ("1.2.3", "this is no number"),
            ("min(d)", "expected `,`"),
            ("2 *", "expected a number"),
        ] {
            assert!(message(text).starts_with(words), "{text}: {}", message(text));
        }
        assert!(Expression::new("d d").at(1.0).is_nan());
    }
}
