//! The names of a block: who is declared where, and what is referred to but is not.

use crate::ast::{
    Annotate, Assembly, Assign, End, Header, Inject, Item, Network, Population, Projection, Record,
    Simulator, Structure, View,
};
use crate::errors::{Errors, suggestion};
use crate::tokens::punct;
use proc_macro2::{Ident, TokenStream, TokenTree};
use std::collections::HashMap;

/// What a name stands for.
#[derive(Clone, Copy)]
pub(crate) enum Meaning<'a> {
    Param,
    Simulator(&'a Simulator),
    Population(&'a Population),
    View(&'a View),
    Assembly(&'a Assembly),
    Projection,
    Electrode,
    Binding,
    /// Declared, but in a place or way that was reported already.
    Broken,
}

/// Every declared name. Names are looked up as text: raw identifiers and spans do not matter.
pub(crate) struct Names<'a> {
    table: HashMap<String, (Meaning<'a>, &'a Ident)>,
    order: Vec<&'a Ident>,
}

impl<'a> Names<'a> {
    /// Collects the declarations of a block and reports doubled ones.
    pub(crate) fn collect(network: &'a Network, bindings: &'a [Ident], errors: &mut Errors) -> Self {
        let mut names = Self { table: HashMap::new(), order: Vec::new() };
        names.header(&network.header, errors);
        for item in &network.items {
            match item {
                Item::Simulator(simulator) => {
                    names.declare(&simulator.name, Meaning::Simulator(simulator), errors)
                }
                Item::Population(population) => {
                    names.declare(&population.name, Meaning::Population(population), errors);
                }
                Item::View(view) => names.declare(&view.name, Meaning::View(view), errors),
                Item::Assembly(assembly) => {
                    names.declare(&assembly.name, Meaning::Assembly(assembly), errors);
                }
                Item::Projection(projection) => {
                    if let Some(label) = &projection.label {
                        names.declare(label, Meaning::Projection, errors);
                    }
                }
                Item::Inject(inject) => {
                    if let Some(label) = &inject.label {
                        names.declare(label, Meaning::Electrode, errors);
                    }
                }
                _ => names.misplaced(item),
            }
        }
        for binding in bindings {
            names.declare(binding, Meaning::Binding, errors);
        }
        names
    }

    fn header(&mut self, header: &'a Header, errors: &mut Errors) {
        for param in &header.params {
            self.declare(&param.name, Meaning::Param, errors);
        }
    }

    fn declare(&mut self, name: &'a Ident, meaning: Meaning<'a>, errors: &mut Errors) {
        if let Some((_, first)) = self.table.get(&name.to_string()) {
            errors.twice(&name.to_string(), name.span(), first.span());
            return;
        }
        self.order.push(name);
        self.table.insert(name.to_string(), (meaning, name));
    }

    /// Declarations inside `for` and `if` are refused by the parser; their names must not be reported as unknown.
    fn misplaced(&mut self, item: &'a Item) {
        for inner in item.bodies().into_iter().flatten() {
            let name = match inner {
                Item::Simulator(simulator) => Some(&simulator.name),
                Item::Population(population) => Some(&population.name),
                Item::View(view) => Some(&view.name),
                Item::Assembly(assembly) => Some(&assembly.name),
                Item::Projection(projection) => projection.label.as_ref(),
                Item::Inject(inject) => inject.label.as_ref(),
                _ => None,
            };
            if let Some(name) = name {
                self.table.entry(name.to_string()).or_insert((Meaning::Broken, name));
            }
            self.misplaced(inner);
        }
    }

    pub(crate) fn meaning(&self, name: &Ident) -> Option<Meaning<'a>> {
        self.table.get(&name.to_string()).map(|(meaning, _)| *meaning)
    }

    /// Whether this declaration is the one its name stands for, not a second one.
    pub(crate) fn is_first(&self, name: &Ident) -> bool {
        self.table.get(&name.to_string()).is_some_and(|(_, first)| std::ptr::eq(*first, name))
    }

    pub(crate) fn simulator(&self, name: &Ident) -> Option<&'a Simulator> {
        match self.meaning(name)? {
            Meaning::Simulator(simulator) => Some(simulator),
            _ => None,
        }
    }

    pub(crate) fn population(&self, name: &Ident) -> Option<&'a Population> {
        match self.meaning(name)? {
            Meaning::Population(population) => Some(population),
            _ => None,
        }
    }

    pub(crate) fn is_assembly(&self, name: &Ident) -> bool {
        matches!(self.meaning(name), Some(Meaning::Assembly(_)))
    }

    /// The population whose cells a name stands for: of a view its population, of an assembly the first.
    pub(crate) fn root(&self, name: &Ident) -> Option<&'a Population> {
        let (mut name, mut declared) = (name, None);
        loop {
            // What is declared later cannot lead back here.
            if declared.is_some_and(|declared| !self.precedes(name, declared)) {
                return None;
            }
            let (end, own) = match self.meaning(name)? {
                Meaning::Population(population) => return Some(population),
                Meaning::View(view) => (view.end.as_ref()?, &view.name),
                Meaning::Assembly(assembly) => (assembly.members.first()?, &assembly.name),
                _ => return None,
            };
            (name, declared) = (&end.name, Some(own));
        }
    }

    /// Whether `name` can be used where `later` is declared: a population can anywhere, views and assemblies below.
    pub(crate) fn precedes(&self, name: &Ident, later: &Ident) -> bool {
        if !matches!(self.meaning(name), Some(Meaning::View(_) | Meaning::Assembly(_))) {
            return true;
        }
        let place = |wanted: &Ident| self.order.iter().position(|other| *other == wanted);
        place(name) < place(later)
    }

    /// The simulator of the population an end refers to.
    pub(crate) fn simulator_of(&self, end: &End) -> Option<&'a Simulator> {
        self.simulator(self.root(&end.name)?.simulator.as_ref()?)
    }

    /// The simulator of a population, if both could be read: only then is the population expanded.
    pub(crate) fn placement(&self, population: &Population) -> Option<&'a Simulator> {
        let simulator = self.simulator(population.simulator.as_ref()?)?;
        (population.is_complete() && simulator.backend.is_some()).then_some(simulator)
    }

    fn simulators(&self) -> Vec<String> {
        self.named(|meaning| matches!(meaning, Meaning::Simulator(_)))
    }

    fn populations(&self) -> Vec<String> {
        self.named(|meaning| matches!(meaning, Meaning::Population(_)))
    }

    /// Everything that a projection can join.
    fn ends(&self) -> Vec<String> {
        self.named(|meaning| {
            matches!(meaning, Meaning::Population(_) | Meaning::View(_) | Meaning::Assembly(_))
        })
    }

    fn named(&self, wanted: impl Fn(&Meaning<'_>) -> bool) -> Vec<String> {
        let is_wanted = |name: &&&Ident| self.meaning(name).is_some_and(|meaning| wanted(&meaning));
        self.order.iter().filter(is_wanted).map(ToString::to_string).collect()
    }

    /// Reports every reference to a name that does not exist or is something else.
    pub(crate) fn check(&self, items: &[Item], errors: &mut Errors) {
        for item in items {
            match item {
                Item::Population(population) => self.check_placement(population, errors),
                Item::Record(Record { end: Some(end), .. }) => self.check_end(end, errors),
                Item::Annotate(Annotate { end: Some(end), .. }) => self.check_annotated(end, errors),
                Item::Assign(Assign { end: Some(end), keyword, .. }) => {
                    self.check_assigned(end, keyword, errors);
                }
                Item::Structure(Structure { end: Some(end), .. }) => {
                    self.check_name(end, &self.populations(), errors);
                }
                Item::View(View { name, end: Some(end), .. }) => self.check_part(end, name, errors),
                Item::Assembly(Assembly { name, members, .. }) => {
                    members.iter().for_each(|member| self.check_part(member, name, errors));
                }
                Item::Projection(projection) => self.check_projection(projection, errors),
                Item::Inject(Inject { cells: Some(cells), .. }) => {
                    self.check_end(cells, errors);
                    let repeated = Some(("the electrode", "inject .. -> @"));
                    self.check_member(cells, "an electrode injects into one population", repeated, errors);
                }
                _ => item.bodies().into_iter().for_each(|body| self.check(body, errors)),
            }
        }
    }

    fn check_placement(&self, population: &Population, errors: &mut Errors) {
        let Some(simulator) = &population.simulator else { return };
        let problem = match self.meaning(simulator) {
            Some(Meaning::Simulator(_) | Meaning::Broken) => return,
            None => format!("no simulator is called `{simulator}`"),
            Some(other) => format!("`{simulator}` is {}, not a simulator", other.article()),
        };
        let simulators = self.simulators();
        let hint = if simulators.is_empty() {
            format!("declare one: `simulator {simulator}: Native {{ timestep: 0.1ms }};`")
        } else {
            suggestion(&simulator.to_string(), "simulator", simulators.iter().map(String::as_str))
        };
        errors.at(simulator.span(), format!("{problem}; {hint}"));
    }

    fn check_projection(&self, projection: &Projection, errors: &mut Errors) {
        for end in projection.pre.iter().chain(&projection.post) {
            self.check_end(end, errors);
            let repeated = Some(("the projection", "projection @ -> .."));
            self.check_member(end, "a projection joins two populations", repeated, errors);
        }
    }

    /// Of a family one member is needed: says why, and what can be repeated for each member, which stands at the `@`.
    fn check_member(&self, end: &End, why: &str, repeated: Option<(&str, &str)>, errors: &mut Errors) {
        let is_family = self.population(&end.name).is_some_and(|population| population.family.is_some());
        if is_family && end.brackets.is_empty() {
            let name = &end.name;
            let repeated = repeated.map_or_else(String::new, |(what, item)| {
                let item = item.replace('@', &format!("{name}[k]"));
                format!(", or write {what} in a loop: `for k in 0..{name}.len() {{ {item}; }}`")
            });
            let message = format!(
                "`{name}` is a family of populations, and {why}; name a member, `{name}[0]`{repeated}"
            );
            errors.at(name.span(), message);
        }
    }

    /// What stands in a view or an assembly called `user`.
    fn check_part(&self, end: &End, user: &Ident, errors: &mut Errors) {
        self.check_end(end, errors);
        let name = &end.name;
        if !self.precedes(name, user) {
            errors.at(
                name.span(),
                format!("`{name}` is declared below `{user}`, which is made of it; move it up"),
            );
            return;
        }
        let is_view = matches!(self.meaning(user), Some(Meaning::View(_)));
        if is_view && self.is_assembly(name) {
            let message = format!(
                "a view is of one population, and `{name}` is an assembly; name one of its populations"
            );
            errors.at(name.span(), message);
        }
        self.check_member(end, "views and assemblies are made of single ones", None, errors);
    }

    /// The end of a projection: a population, a view or an assembly.
    fn check_end(&self, end: &End, errors: &mut Errors) {
        match self.meaning(&end.name) {
            Some(Meaning::View(_) | Meaning::Assembly(_)) => self.check_brackets(end, errors),
            _ => self.check_name(end, &self.ends(), errors),
        }
    }

    /// What gets values: a population, a family, or a view.
    fn check_assigned(&self, end: &End, keyword: &Ident, errors: &mut Errors) {
        let name = &end.name;
        if !self.is_assembly(name) {
            return self.check_end(end, errors);
        }
        let message = format!(
            "`{keyword}` is for cells of one population, and `{name}` is an assembly; \
             write one for each of its parts"
        );
        errors.at(name.span(), message);
    }

    /// In loops and conditions a note stands below the projection that it is on.
    pub(crate) fn check_notes(&self, items: &[Item], errors: &mut Errors) {
        let mut above: Vec<&Ident> = Vec::new();
        for item in items {
            if let Item::Projection(Projection { label: Some(label), .. }) = item {
                above.push(label);
            }
            for end in item.bodies().into_iter().flat_map(noted) {
                let name = &end.name;
                if matches!(self.meaning(name), Some(Meaning::Projection)) && !above.contains(&name) {
                    errors.at(
                        name.span(),
                        format!("`{name}` is declared below; move it up, or the `annotate` out of the loop or condition"),
                    );
                }
            }
        }
    }

    /// A population, or a projection with a label.
    fn check_annotated(&self, end: &End, errors: &mut Errors) {
        let name = &end.name;
        let problem = match self.meaning(name) {
            Some(Meaning::Projection | Meaning::Broken) => return,
            Some(Meaning::Population(population)) => {
                let members = usize::from(population.family.is_some());
                if let Some(extra) = end.brackets.get(members) {
                    errors.at(extra.span(), "annotations are of whole populations; leave the brackets out");
                }
                return;
            }
            None => format!("no population or projection is called `{name}`"),
            Some(other) => format!("`{name}` is {}, not a population or a projection", other.article()),
        };
        let known = self.named(|meaning| matches!(meaning, Meaning::Population(_) | Meaning::Projection));
        let hint = suggestion(&name.to_string(), "name", known.iter().map(String::as_str));
        errors.at(name.span(), format!("{problem}; {hint}"));
    }

    fn check_name(&self, end: &End, known: &[String], errors: &mut Errors) {
        let name = &end.name;
        let problem = match self.meaning(name) {
            Some(Meaning::Population(_) | Meaning::Broken) => return self.check_brackets(end, errors),
            None => format!("no population is called `{name}`"),
            Some(other) => format!("`{name}` is {}, not a population", other.article()),
        };
        let hint = suggestion(&name.to_string(), "population", known.iter().map(String::as_str));
        errors.at(name.span(), format!("{problem}; {hint}"));
    }

    fn check_brackets(&self, end: &End, errors: &mut Errors) {
        let allowed = match self.meaning(&end.name) {
            Some(Meaning::View(_)) => 1,
            Some(Meaning::Assembly(_)) => 0,
            _ => return self.check_population_brackets(end, errors),
        };
        if let Some(extra) = end.brackets.get(allowed) {
            let name = &end.name;
            let message = if allowed == 0 {
                format!(
                    "`{name}` is an assembly; choose cells of its populations instead: `assembly {name} = exc[0..10] + ..`"
                )
            } else {
                format!("too many brackets: a view takes one range, `{name}[0..10]`")
            };
            errors.at(extra.span(), message);
        }
    }

    fn check_population_brackets(&self, end: &End, errors: &mut Errors) {
        let Some(population) = self.population(&end.name) else { return };
        let allowed = 1 + usize::from(population.family.is_some());
        if let Some(extra) = end.brackets.get(allowed) {
            let message = "too many brackets: a population takes one range, `name[0..10]`, \
                           a family a member and a range, `name[k][0..10]`";
            errors.at(extra.span(), message);
        }
    }
}

impl Meaning<'_> {
    fn article(&self) -> &'static str {
        match self {
            Meaning::Param => "a field of the struct",
            Meaning::Simulator(_) => "a simulator",
            Meaning::Population(_) => "a population",
            Meaning::View(_) => "a view",
            Meaning::Assembly(_) => "an assembly",
            Meaning::Projection => "a projection",
            Meaning::Electrode => "an electrode",
            Meaning::Binding => "a `let` binding",
            Meaning::Broken => "declared in the wrong place",
        }
    }
}

/// What is annotated in some items, at any depth.
fn noted(items: &[Item]) -> Vec<&End> {
    let each = items.iter().flat_map(|item| match item {
        Item::Annotate(annotate) => annotate.end.iter().collect(),
        item => item.bodies().into_iter().flat_map(noted).collect::<Vec<_>>(),
    });
    each.collect()
}

/// Names bound by the patterns of the block's own `let`s, in order.
pub(crate) fn let_bindings(items: &[Item]) -> Vec<Ident> {
    let patterns = items.iter().filter_map(|item| match item {
        Item::Let(binding) => Some(&binding.pattern),
        _ => None,
    });
    patterns.flat_map(|pattern| bound(pattern.clone())).collect()
}

/// Lower-case names of a pattern that are not part of a path or a field name.
fn bound(pattern: TokenStream) -> Vec<Ident> {
    let list: Vec<TokenTree> = pattern.into_iter().collect();
    let mut names = Vec::new();
    for (at, token) in list.iter().enumerate() {
        match token {
            TokenTree::Group(group) => names.extend(bound(group.stream())),
            TokenTree::Ident(ident) => {
                let follows = list.get(at + 1);
                let is_part = punct(follows, ':') || matches!(follows, Some(TokenTree::Group(_)));
                let text = ident.to_string();
                let is_name = text.starts_with(|first: char| first.is_lowercase());
                if is_name && !is_part && !["mut", "ref"].contains(&text.as_str()) {
                    names.push(ident.clone());
                }
            }
            _ => {}
        }
    }
    names
}
