//! Rules on literal ranges and lists of cells, in the words of the builder.

use super::Check;
use crate::ast::{Choice, End, View};
use crate::expand::is_range;
use crate::names::Meaning;
use crate::tokens::{joint, punct};
use crate::unit;
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

impl Check<'_, '_> {
    /// What stands in the brackets of an end, behind those that choose a member.
    pub(super) fn brackets(&mut self, end: &End) {
        let Some(chosen) = end.brackets.get(self.members(end)) else { return };
        if let Some(mistake) = self.mistake(&end.name, &self.of(end), &chosen.stream()) {
            self.errors.over(chosen.stream(), mistake);
        }
    }

    /// What a view chooses by its method.
    pub(super) fn choice(&mut self, view: &View) {
        let (Some(end), Some(Choice { method, arguments })) = (&view.end, &view.choice) else { return };
        let cells = self.chosen(end);
        let mistake = match method.to_string().as_str() {
            "sample" => match (number(arguments), cells.size) {
                (Some(n), Some(size)) if n == 0 || n > size => {
                    let name = &cells.name;
                    Some(format!(
                        "a sample of {n} of the {size} cells of `{name}`; draw at least one, and at most all"
                    ))
                }
                _ => None,
            },
            "slice" | "select" => self.mistake(&end.name, &cells, arguments),
            _ => None,
        };
        if let Some(mistake) = mistake {
            self.errors.over(arguments, mistake);
        }
    }

    /// What is wrong with a range or a list; `written` is the name that the user gave these cells.
    fn mistake(&self, written: &Ident, cells: &Of, chosen: &TokenStream) -> Option<String> {
        let Of { name, size, whole } = cells;
        if is_range(chosen) {
            let (start, end) = bounds(chosen);
            let (from, to) = (start.text(), end.text());
            if let (Bound::Literal(end), Some(size)) = (&end, size)
                && end > size
            {
                return Some(format!(
                    "the range {from}..{to} reaches beyond the {size} cells of {whole} `{name}`; end it at {size} or before"
                ));
            }
            let end = if let Bound::Open = end { *size } else { end.number() };
            return start.or_zero().zip(end).filter(|(start, end)| start >= end).map(|(start, end)| {
                format!("the range {start}..{end} of `{name}` has no cell; let it end after it begins")
            });
        }
        if let Some(cell) = number(chosen) {
            let next = cell.saturating_add(1);
            return Some(format!(
                "`{written}[{cell}]` is no range of cells; of the cell alone write `{written}[{cell}..{next}]`"
            ));
        }
        let listed = list(chosen)?;
        if listed.is_empty() {
            return Some(format!("a view of `{name}` lists no cell"));
        }
        let mut cells: Vec<usize> = listed.iter().filter_map(number).collect();
        cells.sort_unstable();
        if let Some(size) = size
            && let Some(beyond) = cells.iter().find(|cell| *cell >= size)
        {
            return Some(format!(
                "a view of `{name}` lists cell {beyond}, but there are {size} cells; indices count from 0"
            ));
        }
        let twice = cells.windows(2).find(|pair| pair[0] == pair[1])?[0];
        Some(format!("a view of `{name}` lists cell {twice} twice; list each once"))
    }

    /// How many brackets of an end choose a member of a family.
    fn members(&self, end: &End) -> usize {
        usize::from(self.names.population(&end.name).is_some_and(|population| population.family.is_some()))
    }

    /// The cells that the brackets of an end choose from.
    fn of(&self, end: &End) -> Of {
        let root = self.names.root(&end.name).map_or(&end.name, |population| &population.name);
        let member = end.brackets.first().filter(|_| self.members(end) == 1);
        let name = format!("{root}{}", member.map_or_else(String::new, ToString::to_string));
        let is_view = matches!(self.names.meaning(&end.name), Some(Meaning::View(_)));
        Of { name, size: self.size_of(&end.name), whole: if is_view { VIEW } else { "the population" } }
    }

    /// The cells that an end stands for.
    fn chosen(&self, end: &End) -> Of {
        let all = self.of(end);
        match end.brackets.get(self.members(end)) {
            Some(chosen) => Of { size: chosen_of(all.size, &chosen.stream()), whole: VIEW, ..all },
            None => all,
        }
    }

    /// How many cells a name stands for, where that is written.
    fn size_of(&self, name: &Ident) -> Option<usize> {
        match self.names.meaning(name)? {
            Meaning::Population(population) => number(population.size.as_ref()?),
            Meaning::View(view) => {
                let end = view.end.as_ref().filter(|end| self.names.precedes(&end.name, &view.name))?;
                let cells = self.chosen(end).size;
                match &view.choice {
                    None => cells,
                    Some(choice) if choice.method == "sample" => number(&choice.arguments),
                    Some(choice) if choice.method == "mask" => None,
                    Some(choice) => chosen_of(cells, &choice.arguments),
                }
            }
            _ => None,
        }
    }
}

/// Cells of a population or a view.
struct Of {
    /// The population's name.
    name: String,
    /// How many, where that is written.
    size: Option<usize>,
    /// What stands before the name of what has these cells.
    whole: &'static str,
}

const VIEW: &str = "the view of";

/// An end of a range.
enum Bound {
    Literal(usize),
    Open,
    Computed(String),
}

impl Bound {
    fn of(tokens: &[TokenTree]) -> Self {
        let tokens: TokenStream = tokens.iter().cloned().collect();
        match number(&tokens) {
            Some(number) => Self::Literal(number),
            None if tokens.is_empty() => Self::Open,
            None => Self::Computed(tokens.to_string()),
        }
    }

    fn number(&self) -> Option<usize> {
        if let Self::Literal(number) = self { Some(*number) } else { None }
    }

    fn or_zero(&self) -> Option<usize> {
        if let Self::Open = self { Some(0) } else { self.number() }
    }

    fn text(&self) -> String {
        match self {
            Self::Literal(number) => number.to_string(),
            Self::Open => "0".to_owned(),
            Self::Computed(text) => text.clone(),
        }
    }
}

/// Where a range begins and where it ends, which it does not include.
fn bounds(tokens: &TokenStream) -> (Bound, Bound) {
    let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_dots = |at: &usize| joint(list.get(*at), '.') && punct(list.get(at + 1), '.');
    let dots = (0..list.len()).find(is_dots).unwrap_or(list.len());
    let rest = list.get(dots + 2..).unwrap_or_default();
    match rest.split_first() {
        Some((first, last)) if punct(Some(first), '=') => {
            let end = match Bound::of(last) {
                Bound::Literal(last) => Bound::Literal(last.saturating_add(1)),
                other => other,
            };
            (Bound::of(&list[..dots]), end)
        }
        _ => (Bound::of(&list[..dots]), Bound::of(rest)),
    }
}

/// How many cells a range or a list chooses of `size`, where that is written.
fn chosen_of(size: Option<usize>, chosen: &TokenStream) -> Option<usize> {
    if !is_range(chosen) {
        return list(chosen).map(|cells| cells.len());
    }
    let (start, end) = bounds(chosen);
    let end = if let Bound::Open = end { size } else { end.number() };
    end?.checked_sub(start.or_zero()?)
}

/// The entries of `[1, 4, 7]`.
fn list(tokens: &TokenStream) -> Option<Vec<TokenStream>> {
    let mut tokens = tokens.clone().into_iter();
    let (Some(TokenTree::Group(group)), None) = (tokens.next(), tokens.next()) else { return None };
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let repeats = inside.iter().any(|token| punct(Some(token), ';'));
    if group.delimiter() != Delimiter::Bracket || repeats {
        return None;
    }
    let entries = inside.split(|token| punct(Some(token), ',')).map(|entry| entry.iter().cloned().collect());
    Some(entries.filter(|entry: &TokenStream| !entry.is_empty()).collect())
}

fn number(tokens: &TokenStream) -> Option<usize> {
    let number = unit::plain_number(tokens).filter(|number| *number >= 0.0 && number.fract() == 0.0)?;
    Some(number as usize)
}
