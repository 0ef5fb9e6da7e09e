//! Annotations.

use super::Parser;
use crate::ast::{Annotate, Item};
use crate::tokens::Tokens;
use proc_macro2::TokenTree;
use syn::Lit;

const SHAPE: &str = "`annotate exc: layer = \"4\", species = \"macaque\";`";

impl Parser<'_> {
    pub(super) fn annotate(&mut self, tokens: &mut Tokens) -> Option<Item> {
        tokens.ident()?;
        let mut annotate = Annotate { end: None, notes: Vec::new() };
        let finished = self.annotate_parts(tokens, &mut annotate);
        self.close(tokens, finished, "`annotate`");
        Some(Item::Annotate(annotate))
    }

    fn annotate_parts(&mut self, tokens: &mut Tokens, annotate: &mut Annotate) -> Option<()> {
        let end = self.end(tokens, &format!("a population or a labelled projection, as in {SHAPE}"))?;
        let dot = end.dot;
        annotate.end = Some(end);
        if let Some(dot) = dot {
            self.errors.at(dot, format!("nothing stands behind a dot here: {SHAPE}"));
            return None;
        }
        self.punct(tokens, ':', &format!("`:` and what to note, as in {SHAPE}"))?;
        loop {
            let key = self.key(tokens)?;
            self.punct(tokens, '=', &format!("`=` and a value, as in {SHAPE}"))?;
            let value = tokens.value();
            annotate.notes.push((key, self.written(tokens, value, &format!("a value, as in {SHAPE}"))?));
            if tokens.punct(',').is_none() {
                return Some(());
            }
        }
    }

    /// A word or a string.
    fn key(&mut self, tokens: &mut Tokens) -> Option<String> {
        if let Some(word) = tokens.ident() {
            return Some(word.to_string().trim_start_matches("r#").to_owned());
        }
        if let Some(TokenTree::Literal(literal)) = tokens.peek()
            && let Lit::Str(text) = Lit::new(literal.clone())
        {
            tokens.bump();
            return Some(text.value());
        }
        self.expected(tokens, &format!("a key, as in {SHAPE}"))
    }
}
