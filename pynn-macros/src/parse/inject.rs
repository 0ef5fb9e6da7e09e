//! Electrodes.

use super::Parser;
use crate::ast::{Inject, Item};
use crate::tokens::Tokens;
use crate::value::Value;
use syn::Attribute;

const SHAPE: &str = "`inject DcSource { amplitude: 0.5nA, .. } -> exc;`";

impl Parser<'_> {
    pub(super) fn inject(&mut self, tokens: &mut Tokens, attrs: Vec<Attribute>) -> Option<Item> {
        tokens.ident()?;
        let mut inject = Inject { attrs, label: None, source: None, cells: None };
        let finished = self.inject_parts(tokens, &mut inject);
        self.close(tokens, finished, "`inject`");
        Some(Item::Inject(inject))
    }

    fn inject_parts(&mut self, tokens: &mut Tokens, inject: &mut Inject) -> Option<()> {
        inject.label = self.label(tokens, "electrode");
        let source =
            tokens.take_until(|tokens| tokens.peek_arrow() || tokens.peek_punct(';') || tokens.at_item());
        let source = self.written(tokens, source, &format!("a current source, as in {SHAPE}"))?;
        let source = inject.source.insert(Value::parse(source));
        if let (Some(label), None) = (&inject.label, source.apparent_type()) {
            let message = format!(
                "the handle's field for `{label}` needs the kind of source: `inject {label} = DcSource {{ ..source }} -> ..`"
            );
            self.errors.over(&source.tokens, message);
        }
        if !tokens.arrow() {
            inject.source = inject.source.take().filter(|source| source.path().is_some());
            return self.expected(tokens, &format!("`->` and the cells, as in {SHAPE}"));
        }
        let cells = self.end(tokens, &format!("a population, as in {SHAPE}"))?;
        let dot = cells.part.as_ref().map(|part| part.span()).or(cells.dot);
        inject.cells = Some(cells);
        if let Some(dot) = dot {
            self.errors.at(
                dot,
                "an electrode injects into the cells themselves, not into a receptor; leave this out",
            );
            return None;
        }
        Some(())
    }
}
