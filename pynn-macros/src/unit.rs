//! `20.0ms` -> `::pynn::units::literal::ms(20.0)`, at any depth.
//!
//! Any suffix that is not one of Rust's own numeric types is taken for a unit: the list of units here only serves
//! the messages, so a unit added to the library needs no change in the macro.

use crate::errors::{Errors, nearest};
use proc_macro2::{Group, Literal, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Lit;

/// Units of the library, for "did you mean" and for `20.0 ms`.
const UNITS: [&str; 18] = [
    "ms", "s", "us", "mV", "V", "nA", "pA", "uA", "nF", "pF", "uS", "nS", "mS", "Hz", "kHz", "uF", "um", "mm",
];

/// Suffixes that belong to Rust.
const RUST_SUFFIXES: [&str; 16] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f16", "f32",
    "f64", "f128",
];

/// A number with a unit, as written.
pub(crate) struct Quantity {
    pub(crate) number: f64,
    pub(crate) unit: String,
    digits: String,
    pub(crate) span: Span,
}

impl Quantity {
    /// `literal` if it has a suffix that is not Rust's.
    fn parse(literal: &Literal) -> Option<Self> {
        let (digits, suffix) = number(literal)?;
        let unit = (!suffix.is_empty() && !RUST_SUFFIXES.contains(&suffix.as_str())).then_some(suffix)?;
        Some(Self::new(digits, unit, literal.span()))
    }

    fn new(digits: String, unit: String, span: Span) -> Self {
        let is_float = digits.contains(['.', 'e', 'E']);
        let digits = if is_float { digits } else { format!("{digits}.0") };
        Self { number: digits.parse().unwrap_or(f64::NAN), unit, digits, span }
    }

    /// The unit to write: a near miss was reported already, and is read as what was meant.
    fn unit_to_write(&self) -> &str {
        let near = if UNITS.contains(&self.unit.as_str()) { None } else { near_miss(&self.unit) };
        near.unwrap_or(&self.unit)
    }

    /// The call that makes the quantity, all of it at the literal: rustc's caret is then the literal.
    fn call(&self) -> TokenStream {
        let mut number: Literal = self.digits.parse().unwrap_or_else(|_| Literal::f64_unsuffixed(0.0));
        number.set_span(self.span);
        let unit = match syn::parse_str::<syn::Ident>(self.unit_to_write()) {
            Ok(mut unit) => {
                unit.set_span(self.span);
                unit
            }
            Err(_) => proc_macro2::Ident::new("unknown_unit", self.span),
        };
        quote_spanned!(self.span=> ::pynn::units::literal::#unit(#number))
    }

    /// As written: `0.05ms`.
    pub(crate) fn text(&self) -> String {
        let number =
            self.digits.strip_suffix(".0").filter(|_| self.number.abs() >= 1e15).unwrap_or(&self.digits);
        format!("{number}{}", self.unit)
    }
}

/// Digits and suffix of a number.
fn number(literal: &Literal) -> Option<(String, String)> {
    match Lit::new(literal.clone()) {
        Lit::Int(int) => Some((int.base10_digits().to_owned(), int.suffix().to_owned())),
        Lit::Float(float) => Some((float.base10_digits().to_owned(), float.suffix().to_owned())),
        _ => None,
    }
}

/// A value that is nothing but a number with a unit, perhaps negative.
pub(crate) fn quantity(value: &TokenStream) -> Option<Quantity> {
    let (negative, literal) = lone_literal(value)?;
    let mut quantity = Quantity::parse(&literal)?;
    if negative {
        quantity.number = -quantity.number;
        quantity.digits.insert(0, '-');
    }
    Some(quantity)
}

/// A value that is nothing but a plain number, perhaps negative.
pub(crate) fn plain_number(value: &TokenStream) -> Option<f64> {
    let (negative, literal) = lone_literal(value)?;
    let (digits, suffix) = number(&literal)?;
    let is_plain = suffix.is_empty() || RUST_SUFFIXES.contains(&suffix.as_str());
    let number: f64 = is_plain.then(|| digits.parse().ok())??;
    Some(if negative { -number } else { number })
}

fn lone_literal(value: &TokenStream) -> Option<(bool, Literal)> {
    let list: Vec<TokenTree> = value.clone().into_iter().collect();
    match list.as_slice() {
        [TokenTree::Literal(literal)] => Some((false, literal.clone())),
        [TokenTree::Punct(minus), TokenTree::Literal(literal)] if minus.as_char() == '-' => {
            Some((true, literal.clone()))
        }
        [TokenTree::Group(group)] if group.delimiter() == proc_macro2::Delimiter::None => {
            lone_literal(&group.stream())
        }
        _ => None,
    }
}

/// The tokens with every quantity written out.
pub(crate) fn rewrite(tokens: TokenStream) -> TokenStream {
    let mut written = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Literal(literal) => {
                if let Some(quantity) = Quantity::parse(&literal) {
                    written.extend(quantity.call());
                } else if let Some(quantity) = apart(&literal, tokens.peek()) {
                    tokens.next();
                    written.extend(quantity.call());
                } else {
                    written.extend([TokenTree::Literal(literal)]);
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), rewrite(group.stream()));
                inner.set_span(group.span());
                written.extend([TokenTree::Group(inner)]);
            }
            token => written.extend([token]),
        }
    }
    written
}

/// `20.0 ms`: a number and a unit with a space between.
fn apart(literal: &Literal, next: Option<&TokenTree>) -> Option<Quantity> {
    let Some(TokenTree::Ident(unit)) = next else { return None };
    let unit = unit.to_string();
    let (digits, suffix) = number(literal)?;
    let is_unit = suffix.is_empty() && (UNITS.contains(&unit.as_str()) || micro(&unit).is_some());
    is_unit.then(|| Quantity::new(digits, unit, literal.span()))
}

/// Reports units that are not written as they should be.
pub(crate) fn check(tokens: TokenStream, errors: &mut Errors) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => check(group.stream(), errors),
            TokenTree::Literal(literal) => {
                if let Some(quantity) = Quantity::parse(&literal) {
                    check_suffix(&literal, &quantity, errors);
                } else if let Some(quantity) = apart(&literal, tokens.peek()) {
                    let unit = tokens.next();
                    let text = format!("{literal}{}", quantity.unit_to_write());
                    let message = format!("write the unit as a suffix, without a space: `{text}`");
                    errors.over(quote::quote!(#literal #unit), message);
                }
            }
            _ => {}
        }
    }
}

fn check_suffix(literal: &Literal, quantity: &Quantity, errors: &mut Errors) {
    let unit = quantity.unit.as_str();
    if UNITS.contains(&unit) {
        return;
    }
    if let Some(near) = near_miss(unit) {
        let text = literal.to_string();
        let number = text.strip_suffix(unit).unwrap_or(&text);
        errors.at(
            literal.span(),
            format!("there is no unit `{unit}`; did you mean `{near}`, as in `{number}{near}`?"),
        );
    }
}

/// The unit that was probably meant.
fn near_miss(unit: &str) -> Option<&'static str> {
    let spelled_out = match unit {
        "sec" | "seconds" | "second" => Some("s"),
        "msec" | "millis" => Some("ms"),
        "usec" | "micros" => Some("us"),
        "hz" | "HZ" | "Hertz" => Some("Hz"),
        _ => None,
    };
    spelled_out.or_else(|| micro(unit)).or_else(|| by_case(unit)).or_else(|| one_letter_off(unit))
}

/// Both micro signs of Unicode stand for `u`.
fn micro(unit: &str) -> Option<&'static str> {
    let plain = unit.replace(['\u{b5}', '\u{3bc}'], "u");
    UNITS.into_iter().find(|known| plain != unit && *known == plain)
}

fn by_case(unit: &str) -> Option<&'static str> {
    UNITS.into_iter().find(|known| known.eq_ignore_ascii_case(unit))
}

/// Only for words of three letters and more: between two letters everything is near.
fn one_letter_off(unit: &str) -> Option<&'static str> {
    if unit.chars().count() < 3 {
        None
    } else {
        nearest(unit, UNITS.into_iter().filter(|known| known.len() > 1))
    }
}
