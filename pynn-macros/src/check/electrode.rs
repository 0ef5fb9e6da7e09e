//! Rules on the numbers of current sources.

use super::{Check, is_time, nanoseconds, written};
use crate::ast::Inject;
use crate::unit::{self, Quantity};
use crate::value::Value;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

impl Check<'_, '_> {
    /// Times do not go back, and what must not be negative is not.
    pub(super) fn inject(&mut self, inject: &Inject) {
        let Some(source) = &inject.source else { return };
        for name in ["start", "stop", "frequency", "stdev"] {
            if let Some((tokens, value)) = literal(source, name)
                && value.number < 0.0
            {
                let message = format!("{name} is {}, but must not be negative", value.text());
                self.errors.over(tokens, message);
            }
        }
        if let (Some((_, start)), Some((tokens, stop))) = (literal(source, "start"), literal(source, "stop"))
            && [&start, &stop].into_iter().all(is_time)
            && nanoseconds(&stop) < nanoseconds(&start)
        {
            let (start, stop) = (start.text(), stop.text());
            let message = format!("stop is {stop}, but start is {start}; stop must not come before start");
            self.errors.over(tokens, message);
        }
        self.interval(inject, source);
        self.lists(source);
    }

    /// Noise changes on the grid.
    fn interval(&mut self, inject: &Inject, source: &Value) {
        let Some((tokens, dt)) = literal(source, "dt").filter(|(_, dt)| is_time(dt)) else { return };
        let Some(simulator) = inject.cells.as_ref().and_then(|end| self.names.simulator_of(end)) else {
            return;
        };
        if let Some((step, _)) = self.no_multiple(&dt, simulator) {
            let message = format!(
                "dt is {}, but must be a multiple of the time step, {}: the current changes on the grid",
                dt.text(),
                step.text()
            );
            self.errors.over(tokens, message);
        }
    }

    /// Times ascend, and there is an amplitude for each.
    fn lists(&mut self, source: &Value) {
        let Some(times) = list(source, "times") else { return };
        if let Some(amplitudes) = list(source, "amplitudes")
            && amplitudes.len() != times.len()
            && let Some(tokens) = written(source, "amplitudes")
        {
            let (given, amplitudes) = (counted(times.len(), "time"), counted(amplitudes.len(), "amplitude"));
            let are = if times.len() == 1 { "is" } else { "are" };
            let message = format!("{given} {are} given, but {amplitudes}; give one amplitude a time");
            self.errors.over(tokens, message);
        }
        let mut before: Option<Quantity> = None;
        for (index, tokens) in times.iter().enumerate() {
            let Some(time) = unit::quantity(tokens).filter(is_time) else { return };
            let text = time.text();
            if time.number < 0.0 {
                self.errors.over(tokens, format!("times[{index}] is {text}, but must not be negative"));
            } else if let Some(before) = before.filter(|before| nanoseconds(before) >= nanoseconds(&time)) {
                let before = before.text();
                let message = format!(
                    "times[{index}] is {text}, but comes after {before}; times must be strictly ascending"
                );
                self.errors.over(tokens, message);
            }
            before = Some(time);
        }
    }
}

/// `1 time`, `2 times`.
fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A field that is one literal quantity.
fn literal<'a>(source: &'a Value, field: &str) -> Option<(&'a TokenStream, Quantity)> {
    let tokens = written(source, field)?;
    unit::quantity(tokens).map(|value| (tokens, value))
}

/// The entries of a field that is written as a list, `[a, b]` or `vec![a, b]`.
fn list(source: &Value, field: &str) -> Option<Vec<TokenStream>> {
    let tokens: Vec<TokenTree> = written(source, field)?.clone().into_iter().collect();
    let TokenTree::Group(group) = tokens.last()? else { return None };
    let before: String = tokens[..tokens.len() - 1].iter().map(ToString::to_string).collect();
    let is_list = group.delimiter() == Delimiter::Bracket && ["", "vec!"].contains(&before.as_str());
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let is = |token: &TokenTree, char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == char);
    if !is_list || inside.iter().any(|token| is(token, ';')) {
        return None;
    }
    let entries =
        inside.split(|token| is(token, ',')).map(|entry| entry.iter().cloned().collect::<TokenStream>());
    Some(entries.filter(|entry| !entry.is_empty()).collect())
}
