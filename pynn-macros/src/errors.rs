//! The mistakes found in a block, and the words for them: what is wrong, then what to do.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::fmt::Display;
use syn::Error;

/// Collects mistakes, so that one block can report several.
#[derive(Default)]
pub(crate) struct Errors {
    list: Vec<Error>,
}

impl Errors {
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.list.push(Error::new(span, message));
    }

    /// Points at all of `tokens`.
    pub(crate) fn over(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.list.push(Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: Error) {
        self.list.push(error);
    }

    /// A name declared twice: two places.
    pub(crate) fn twice(&mut self, name: &str, second: Span, first: Span) {
        let mut error = Error::new(
            second,
            format!(
                "the name `{name}` is declared twice: simulators, populations, views, assemblies, labels, `let` and \
                 the struct's fields share one set of names, so give one of them another name"
            ),
        );
        error.combine(Error::new(first, format!("`{name}` is first declared here")));
        self.list.push(error);
    }

    /// `compile_error!` items, one per mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.list.iter().map(Error::to_compile_error).collect()
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.list.iter().map(ToString::to_string).collect()
    }
}

/// "did you mean" for the nearest of `candidates`, or nothing.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    let scored = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    scored
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, best)| best)
}

/// `; did you mean `x`?` or, when nothing is near, the list of what there is.
pub(crate) fn suggestion<'a>(
    word: &str,
    what: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match nearest(word, candidates.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if candidates.is_empty() => format!("the block declares no {what}s"),
        None => format!("the {what}s are {}", list(candidates)),
    }
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list<S: Display>(names: impl IntoIterator<Item = S>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Edit distance with transpositions, not caring for case.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.to_lowercase().chars().collect();
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(a != b);
            let mut best = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}
