//! Where cells are, and names for some of them: structures, the space, views, assemblies.

use super::{Parser, is_name};
use crate::ast::{Assembly, Choice, End, Item, SpaceItem, Structure, View};
use crate::errors::suggestion;
use crate::tokens::Tokens;
use crate::value::Value;
use proc_macro2::{Delimiter, Ident};
use syn::Attribute;

/// How a view may choose its cells besides by brackets.
const CHOICES: [&str; 4] = ["sample", "select", "mask", "slice"];

impl Parser<'_> {
    pub(super) fn structure(&mut self, tokens: &mut Tokens) -> Option<Item> {
        let keyword = tokens.ident()?;
        let mut structure = Structure { keyword, end: None, value: None };
        let finished = self.structure_parts(tokens, &mut structure);
        self.close(tokens, finished, "`structure`");
        Some(Item::Structure(structure))
    }

    fn structure_parts(&mut self, tokens: &mut Tokens, structure: &mut Structure) -> Option<()> {
        let example = "`structure exc: Grid2D { dx: 10.0um, dy: 10.0um, .. };`";
        let end = self.end(tokens, &format!("a population, as in {example}"))?;
        self.no_part(&end, example);
        structure.end = Some(end);
        self.punct(tokens, ':', &format!("`:` and a structure, as in {example}"))?;
        let value = tokens.statement();
        structure.value =
            Some(Value::parse(self.written(tokens, value, &format!("a structure, as in {example}"))?));
        Some(())
    }

    pub(super) fn space(&mut self, tokens: &mut Tokens) -> Option<Item> {
        let keyword = tokens.ident()?;
        self.only_at_the_top(&keyword, "the space belongs to the whole network: write it outside");
        let value = tokens.statement();
        let value = self.written(tokens, value, "a space: `space Space { axes: Axes::Xy, .. };`");
        self.close(tokens, value.as_ref().map(|_| ()), "space");
        let value = value.map(Value::parse);
        self.nesting.is_empty().then_some(Item::Space(SpaceItem { keyword, value }))
    }

    pub(super) fn view(&mut self, tokens: &mut Tokens, attrs: Vec<Attribute>) -> Option<Item> {
        let keyword = tokens.ident()?;
        self.only_at_the_top(
            &keyword,
            "declare views outside, or write the cells where they are used: `exc[0..10]`",
        );
        let example = "`view some = exc[0..10];`";
        let Some(name) = self.name(tokens, &format!("a name for the view, as in {example}")) else {
            tokens.recover();
            return None;
        };
        let mut view = View { attrs, name, end: None, choice: None };
        let finished = self.view_parts(tokens, &mut view, example);
        self.close(tokens, finished, "view");
        if finished.is_none() || !self.nesting.is_empty() {
            view.choice = None;
            view.end = view.end.filter(|_| self.nesting.is_empty() && finished.is_some());
        }
        Some(Item::View(view))
    }

    fn view_parts(&mut self, tokens: &mut Tokens, view: &mut View, example: &str) -> Option<()> {
        self.punct(tokens, '=', &format!("`=` and cells, as in {example}"))?;
        let end = view.end.insert(self.end(tokens, &format!("a population and a range, as in {example}"))?);
        let Some(dot) = end.dot else { return Some(()) };
        let shape = "`sample(10)`, `select([1, 4])`, `mask(..)` or `slice(0..10)`";
        let Some(method) = end.part.take() else {
            self.errors.at(dot, format!("expected {shape} after the dot"));
            return None;
        };
        end.dot = None;
        let text = method.to_string();
        if !CHOICES.contains(&text.as_str()) {
            let hint = suggestion(&text, "way", CHOICES);
            self.errors.at(method.span(), format!("`{text}` is no way to choose cells; {hint}"));
            return None;
        }
        let Some(arguments) = tokens.group(Delimiter::Parenthesis) else {
            return self.expected(tokens, &format!("what to choose in parentheses, as in {shape}"));
        };
        let arguments = self.checked_units(arguments.stream());
        if arguments.is_empty() {
            self.errors.at(method.span(), format!("`{text}` needs what to choose, as in {shape}"));
            return None;
        }
        view.choice = Some(Choice { method, arguments });
        Some(())
    }

    pub(super) fn assembly(&mut self, tokens: &mut Tokens, attrs: Vec<Attribute>) -> Option<Item> {
        let keyword = tokens.ident()?;
        self.only_at_the_top(&keyword, "declare assemblies outside");
        let example = "`assembly all = exc + inh;`";
        let Some(name) = self.name(tokens, &format!("a name for the assembly, as in {example}")) else {
            tokens.recover();
            return None;
        };
        let mut assembly = Assembly { attrs, name, members: Vec::new() };
        let finished = self.assembly_parts(tokens, &mut assembly, example);
        self.close(tokens, finished, "assembly");
        if finished.is_none() || !self.nesting.is_empty() {
            assembly.members.clear();
        }
        Some(Item::Assembly(assembly))
    }

    fn assembly_parts(&mut self, tokens: &mut Tokens, assembly: &mut Assembly, example: &str) -> Option<()> {
        self.punct(tokens, '=', &format!("`=` and populations, as in {example}"))?;
        loop {
            let member = self.end(tokens, &format!("a population, as in {example}"))?;
            self.no_part(&member, example);
            assembly.members.push(member);
            if tokens.punct('+').is_none() {
                return Some(());
            }
        }
    }

    fn no_part(&mut self, end: &End, example: &str) {
        let Some(dot) = end.dot else { return };
        let place = end.part.as_ref().filter(|part| is_name(part)).map_or(dot, Ident::span);
        self.errors.at(place, format!("nothing stands behind a dot here: {example}"));
    }
}
