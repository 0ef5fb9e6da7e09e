//! `for`, `if` and `let`.

use super::Parser;
use crate::ast::{For, If, Item, Let};
use crate::tokens::Tokens;
use proc_macro2::{Delimiter, TokenStream};

impl Parser<'_> {
    pub(super) fn repeat(&mut self, tokens: &mut Tokens) -> Option<Item> {
        tokens.ident()?;
        let pattern =
            tokens.take_until(|tokens| tokens.peek_word("in") || tokens.peek_punct(';') || tokens.at_item());
        if pattern.is_empty() || tokens.word("in").is_none() {
            self.expected::<()>(tokens, "`in`, as in `for (pre, post) in TABLE { .. }`");
            self.skip_body(tokens);
            return None;
        }
        let source = self.condition(tokens);
        if source.is_empty() {
            self.expected::<()>(tokens, "what to repeat over, as in `for k in 0..4 { .. }`");
            self.skip_body(tokens);
            return None;
        }
        let body = self.body(tokens, "for")?;
        Some(Item::For(For { pattern, source, body }))
    }

    pub(super) fn choice(&mut self, tokens: &mut Tokens) -> Option<Item> {
        let mut choice = If { branches: Vec::new(), otherwise: None };
        while tokens.word("if").is_some() {
            let condition = self.condition(tokens);
            if condition.is_empty() {
                self.expected::<()>(tokens, "a condition, as in `if weight > 0.0nA { .. }`");
                self.skip_body(tokens);
                return None;
            }
            let Some(body) = self.body(tokens, "if") else { break };
            choice.branches.push((condition, body));
            if tokens.word("else").is_none() {
                break;
            }
            if !tokens.peek_word("if") {
                choice.otherwise = self.body(tokens, "else");
            }
        }
        (!choice.branches.is_empty()).then_some(Item::If(choice))
    }

    pub(super) fn binding(&mut self, tokens: &mut Tokens) -> Option<Item> {
        tokens.ident()?;
        let mut pattern = tokens.pattern();
        let mut ty = None;
        if tokens.punct(':').is_some() {
            ty = Some(tokens.take_until(|tokens| tokens.peek_punct('=') || tokens.peek_punct(';')));
        }
        let equals = tokens.punct('=').is_some();
        let value = if equals { tokens.statement() } else { TokenStream::new() };
        if pattern.is_empty() || value.is_empty() {
            self.expected::<()>(tokens, "a binding, as in `let half = n / 2;`");
            tokens.recover();
            return None;
        }
        pattern = self.checked_units(pattern);
        let value = self.checked_units(value);
        self.close(tokens, Some(()), "`let`");
        Some(Item::Let(Let { pattern, ty, value }))
    }

    /// Tokens up to the braces of the body. As in Rust, a struct literal needs parentheses here.
    fn condition(&mut self, tokens: &mut Tokens) -> TokenStream {
        let condition = tokens.take_until(|tokens| {
            tokens.peek_group(Delimiter::Brace).is_some() || tokens.peek_punct(';') || tokens.at_item()
        });
        self.checked_units(condition)
    }

    fn body(&mut self, tokens: &mut Tokens, around: &'static str) -> Option<Vec<Item>> {
        let Some(braces) = tokens.group(Delimiter::Brace) else {
            self.expected::<()>(tokens, &format!("the body of this `{around}`, `{{ .. }}`"));
            tokens.recover();
            return None;
        };
        self.nesting.push(around);
        let body = self.items(&mut Tokens::inside(&braces));
        self.nesting.pop();
        Some(body)
    }

    /// After a mistake in front of a body: the body has no `;` behind it.
    fn skip_body(&mut self, tokens: &mut Tokens) {
        tokens.take_until(|tokens| {
            tokens.peek_group(Delimiter::Brace).is_some() || tokens.peek_punct(';') || tokens.at_item()
        });
        tokens.group(Delimiter::Brace);
    }
}
