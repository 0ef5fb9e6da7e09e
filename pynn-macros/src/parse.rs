//! Tokens -> tree. A mistake is recorded, the parser skips to the next `;` and goes on; what was read of the
//! broken item is kept.

mod annotate;
mod cells;
mod flow;
mod header;
mod inject;
mod items;

use crate::ast::{Item, Network};
use crate::errors::{Errors, list, nearest};
use crate::tokens::Tokens;
use crate::unit;
use proc_macro2::{Delimiter, Ident, Span, TokenStream};
use quote::ToTokens;
use syn::Attribute;
use syn::parse::Parser as _;

/// Words that begin an item.
const ITEMS: [&str; 16] = [
    "seed",
    "simulator",
    "population",
    "structure",
    "space",
    "view",
    "assembly",
    "initial",
    "vary",
    "projection",
    "inject",
    "record",
    "annotate",
    "for",
    "if",
    "let",
];

/// Items that may stand inside `for` and `if`.
const NESTED_ITEMS: [&str; 10] =
    ["projection", "inject", "initial", "vary", "structure", "record", "annotate", "for", "if", "let"];

/// Reads a block; `None` if there is not even a struct header with a name.
pub(crate) fn parse(input: TokenStream, errors: &mut Errors) -> Option<Network> {
    let mut parser = Parser { errors, strays: Vec::new(), nesting: Vec::new() };
    let mut tokens = Tokens::new(input, Span::call_site());
    let header = parser.header(&mut tokens)?;
    let items = parser.items(&mut tokens);
    let strays = parser.strays;
    Some(Network { header, items, strays })
}

struct Parser<'e> {
    errors: &'e mut Errors,
    strays: Vec<Ident>,
    /// The `for`s and `if`s around the current item.
    nesting: Vec<&'static str>,
}

impl Parser<'_> {
    fn items(&mut self, tokens: &mut Tokens) -> Vec<Item> {
        let mut items = Vec::new();
        while !tokens.is_empty() {
            if tokens.punct(';').is_some() {
                continue;
            }
            let attrs = self.attributes(tokens);
            items.extend(self.item(tokens, attrs));
        }
        items
    }

    fn item(&mut self, tokens: &mut Tokens, attrs: Vec<Attribute>) -> Option<Item> {
        let word = tokens.peek_ident().map(ToString::to_string).unwrap_or_default();
        self.docs_have_a_place(&word, &attrs);
        match word.as_str() {
            "seed" => self.seed(tokens),
            "simulator" => self.simulator(tokens),
            "population" => self.population(tokens, attrs),
            "initial" | "vary" => self.assign(tokens),
            "projection" => self.projection(tokens, attrs),
            "inject" => self.inject(tokens, attrs),
            "record" => self.record(tokens),
            "annotate" => self.annotate(tokens),
            "structure" => self.structure(tokens),
            "space" => self.space(tokens),
            "view" => self.view(tokens, attrs),
            "assembly" => self.assembly(tokens, attrs),
            "for" => self.repeat(tokens),
            "if" => self.choice(tokens),
            "let" => self.binding(tokens),
            _ => {
                self.no_item(tokens);
                None
            }
        }
    }

    /// Something that begins no item.
    fn no_item(&mut self, tokens: &mut Tokens) {
        let known: &[&str] = if self.nesting.is_empty() { &ITEMS } else { &NESTED_ITEMS };
        let found = tokens.found();
        match tokens.ident() {
            Some(word) => {
                let text = word.to_string();
                let hint = match nearest(&text, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("an item begins with one of {}", list(known.iter().copied())),
                };
                self.errors.at(word.span(), format!("`{text}` begins no item; {hint}"));
                if is_name(&word) {
                    self.strays.push(word);
                }
            }
            None if tokens.is_empty() => {
                self.errors.at(tokens.span(), "these doc comments belong to no item");
            }
            None => {
                let words = list(known.iter().copied());
                self.errors.at(
                    tokens.span(),
                    format!("expected an item, found {found}; an item begins with one of {words}"),
                );
                tokens.bump();
            }
        }
        tokens.recover();
    }

    /// `#[..]` and doc comments.
    fn attributes(&mut self, tokens: &mut Tokens) -> Vec<Attribute> {
        let mut attrs = Vec::new();
        while tokens.peek_punct('#') {
            let mut raw = TokenStream::new();
            raw.extend(tokens.bump());
            raw.extend(tokens.group(Delimiter::Bracket).map(ToTokens::into_token_stream));
            match Attribute::parse_outer.parse2(raw) {
                Ok(parsed) => attrs.extend(parsed),
                Err(error) => self.errors.push(error),
            }
        }
        attrs
    }

    /// Docs go to the handle's fields; everything else has nowhere to go.
    fn docs_have_a_place(&mut self, word: &str, attrs: &[Attribute]) {
        for attr in attrs.iter().filter(|attr| !attr.path().is_ident("doc")) {
            let message = format!(
                "only doc comments go on the items of a network; \
                 for {} that depends on a condition write `if cfg!(..) {{ .. }}`",
                if ITEMS.contains(&word) { format!("a `{word}`") } else { "an item".to_owned() }
            );
            self.errors.over(attr, message);
        }
    }

    /// Ends an item at its `;`. `finished` is `None` after a mistake inside it.
    fn close(&mut self, tokens: &mut Tokens, finished: Option<()>, item: &str) {
        if finished.is_none() {
            tokens.recover();
        } else if tokens.punct(';').is_none() {
            if tokens.is_empty() || tokens.at_item() || tokens.at_statement() {
                self.errors.at(tokens.previous_span(), format!("missing `;` at the end of this {item}"));
            } else {
                let found = tokens.found();
                self.errors
                    .at(tokens.span(), format!("expected `;` at the end of this {item}, found {found}"));
                tokens.recover();
            }
        }
    }

    /// Reports what should stand here; for use with `?`.
    fn expected<T>(&mut self, tokens: &Tokens, what: &str) -> Option<T> {
        let found = tokens.found();
        self.errors.at(tokens.span(), format!("expected {what}, found {found}"));
        None
    }

    /// A name that the user chooses.
    fn name(&mut self, tokens: &mut Tokens, what: &str) -> Option<Ident> {
        if tokens.peek_ident().is_some_and(is_name) { tokens.ident() } else { self.expected(tokens, what) }
    }

    fn punct(&mut self, tokens: &mut Tokens, char: char, what: &str) -> Option<()> {
        if tokens.punct(char).is_some() { Some(()) } else { self.expected(tokens, what) }
    }

    /// A value, with the mistakes in its units reported.
    fn checked_units(&mut self, tokens: TokenStream) -> TokenStream {
        unit::check(tokens.clone(), self.errors);
        tokens
    }
}

/// Whether the word is free: Rust's keywords are no names.
fn is_name(word: &Ident) -> bool {
    syn::parse_str::<Ident>(&word.to_string()).is_ok()
}
