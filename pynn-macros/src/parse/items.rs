//! Simulators, populations, values, projections, recordings.

use super::{Parser, is_name};
use crate::ast::{Assign, AssignKind, End, Family, Item, Population, Projection, Record, Seed, Simulator};
use crate::tokens::{Tokens, joint, punct};
use crate::value::Value;
use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Type};

impl Parser<'_> {
    pub(super) fn seed(&mut self, tokens: &mut Tokens) -> Option<Item> {
        let keyword = tokens.ident()?;
        self.only_at_the_top(&keyword, "the seed belongs to the whole network: write `seed 42;` outside");
        let value = tokens.statement();
        let value = self.written(tokens, value, "a number: `seed 42;`");
        self.close(tokens, value.as_ref().map(|_| ()), "seed");
        self.nesting.is_empty().then_some(Item::Seed(Seed { keyword, value }))
    }

    pub(super) fn simulator(&mut self, tokens: &mut Tokens) -> Option<Item> {
        let keyword = tokens.ident()?;
        self.only_at_the_top(&keyword, "declare simulators outside");
        let Some(name) =
            self.name(tokens, "a name for the simulator: `simulator sim1: Native { timestep: 0.1ms };`")
        else {
            tokens.recover();
            return None;
        };
        let mut simulator = Simulator { name, backend: None, options: None };
        let finished = self.simulator_parts(tokens, &mut simulator);
        self.close(tokens, finished, "simulator");
        if !self.nesting.is_empty() {
            simulator.backend = None;
        }
        Some(Item::Simulator(simulator))
    }

    fn simulator_parts(&mut self, tokens: &mut Tokens, simulator: &mut Simulator) -> Option<()> {
        let name = &simulator.name;
        self.punct(
            tokens,
            ':',
            &format!("`:` and a backend, as in `simulator {name}: Native {{ timestep: 0.1ms }};`"),
        )?;
        let at = tokens.span();
        let backend = tokens.take_until(|tokens| {
            tokens.peek_group(Delimiter::Brace).is_some() || tokens.peek_punct(';') || tokens.at_item()
        });
        let backend = self.written(tokens, backend, "a backend, as in `Native { timestep: 0.1ms }`")?;
        simulator.backend = match syn::parse2::<Type>(backend) {
            Ok(backend) => Some(backend),
            Err(error) => {
                self.errors
                    .at(at, format!("expected a backend, as in `Native {{ timestep: 0.1ms }}`: {error}"));
                None
            }
        };
        if let Some(braces) = tokens.group(Delimiter::Brace) {
            let braces = self.checked_units(braces.into_token_stream());
            simulator.options = Some(Value::parse(quote::quote!(SimulatorOptions #braces)));
        }
        Some(())
    }

    pub(super) fn population(&mut self, tokens: &mut Tokens, attrs: Vec<Attribute>) -> Option<Item> {
        let keyword = tokens.ident()?;
        let shape = "a name for the population: `population exc on sim1: [IfCurrExp { .. }; 100];`";
        let Some(name) = self.name(tokens, shape) else {
            tokens.recover();
            return None;
        };
        self.only_at_the_top(
            &keyword,
            &format!("declare a family outside: `population {name}[k in 0..4] on ..: [..; ..];`"),
        );
        let mut population =
            Population { attrs, name, family: None, simulator: None, cell: None, size: None };
        let finished = self.population_parts(tokens, &mut population);
        self.close(tokens, finished, "population");
        if !self.nesting.is_empty() {
            population.simulator = None;
        }
        Some(Item::Population(population))
    }

    fn population_parts(&mut self, tokens: &mut Tokens, population: &mut Population) -> Option<()> {
        let name = population.name.clone();
        if let Some(bracket) = tokens.group(Delimiter::Bracket) {
            population.family = Some(self.family(&bracket, &name)?);
        }
        if tokens.word("on").is_none() {
            return self.expected(
                tokens,
                &format!(
                    "`on` and a simulator, as in `population {name} on sim1: [IfCurrExp {{ .. }}; 100];`"
                ),
            );
        }
        population.simulator = Some(self.name(tokens, "the name of a simulator")?);
        let shape = "`: [cell; size]`, as in `: [IfCurrExp { tau_m: 20.0ms, .. }; 100];`";
        self.punct(tokens, ':', shape)?;
        let Some(bracket) = tokens.group(Delimiter::Bracket) else { return self.expected(tokens, shape) };
        self.cell_and_size(&bracket, population)
    }

    fn family(&mut self, bracket: &Group, name: &Ident) -> Option<Family> {
        let mut inside = Tokens::inside(bracket);
        let pattern = inside.take_until(|tokens| tokens.peek_word("in"));
        let complete = inside.word("in").is_some() && !pattern.is_empty() && !inside.is_empty();
        let source = self.checked_units(inside.rest());
        if !complete {
            let message = format!(
                "a family of populations says what to repeat over: `population {name}[k in 0..4] on ..`; \
                 the size goes behind the cell: `[IfCurrExp {{ .. }}; 100]`"
            );
            self.errors.over(bracket, message);
            return None;
        }
        Some(Family { pattern, source })
    }

    fn cell_and_size(&mut self, bracket: &Group, population: &mut Population) -> Option<()> {
        let mut inside = Tokens::inside(bracket);
        let cell = inside.value();
        let cell = self.written(&inside, cell, "a cell, as in `[IfCurrExp { tau_m: 20.0ms, .. }; 100]`")?;
        let cell = Value::parse(cell);
        if cell.apparent_type().is_none() {
            let message = "a cell is written as a struct, `IfCurrExp { tau_m: 20.0ms, .. }` or `IfCurrExp`; \
                           a value computed elsewhere goes behind two dots: `IfCurrExp { ..cell }`";
            self.errors.over(&cell.tokens, message);
        } else {
            population.cell = Some(cell);
        }
        let shape = "`;` and the number of cells, as in `[IfCurrExp { .. }; 100]`";
        self.punct(&mut inside, ';', shape)?;
        let size = inside.rest();
        population.size = self.written(&inside, size, "the number of cells");
        population.size.as_ref().map(|_| ())
    }

    pub(super) fn assign(&mut self, tokens: &mut Tokens) -> Option<Item> {
        let keyword = tokens.ident()?;
        let kind = if keyword == "initial" { AssignKind::Initial } else { AssignKind::Vary };
        let mut assign = Assign { kind, keyword, end: None, value: None };
        let finished = self.assign_parts(tokens, &mut assign);
        let keyword = assign.keyword.to_string();
        self.close(tokens, finished, &format!("`{keyword}`"));
        Some(Item::Assign(assign))
    }

    fn assign_parts(&mut self, tokens: &mut Tokens, assign: &mut Assign) -> Option<()> {
        let (example, part) = match assign.kind {
            AssignKind::Initial => {
                ("initial exc.v ~ Uniform { low: -65.0mV, high: -50.0mV };", "state variable")
            }
            AssignKind::Vary => ("vary exc.tau_m ~ Normal { mean: 20.0ms, sd: 2.0ms };", "parameter"),
        };
        let end = self.end(tokens, &format!("a population and its {part}, as in `{example}`"))?;
        let end = assign.end.insert(end);
        if end.part.is_none() {
            let place = end.dot.unwrap_or_else(|| tokens.span());
            let name = &end.name;
            self.errors
                .at(place, format!("expected `.` and the name of a {part} of `{name}`, as in `{example}`"));
            return None;
        }
        if tokens.punct('~').or_else(|| tokens.punct('=')).is_none() {
            let what = format!("`~` and a distribution, or `=` and a value, as in `{example}`");
            return self.expected(tokens, &what);
        }
        let value = tokens.statement();
        assign.value =
            Some(Value::parse(self.written(tokens, value, &format!("a value, as in `{example}`"))?));
        Some(())
    }

    pub(super) fn projection(&mut self, tokens: &mut Tokens, attrs: Vec<Attribute>) -> Option<Item> {
        tokens.ident()?;
        let mut projection =
            Projection { attrs, label: None, pre: Vec::new(), post: None, connector: None, synapse: None };
        let finished = self.projection_parts(tokens, &mut projection);
        self.close(tokens, finished, "projection");
        Some(Item::Projection(projection))
    }

    fn projection_parts(&mut self, tokens: &mut Tokens, projection: &mut Projection) -> Option<()> {
        projection.label = self.label(tokens, "projection");
        self.senders(tokens, projection)?;
        if !tokens.arrow() {
            return self.expected(tokens, "`->` and the target, as in `projection input -> exc: ..`");
        }
        let post = self.end(tokens, "the target population, as in `projection input -> exc: ..`")?;
        let dangling = post.dot.filter(|_| post.part.is_none() && post.computed.is_none());
        projection.post = Some(post);
        if let Some(dot) = dangling {
            self.errors.at(dot, "expected the name of a receptor after the dot, as in `-> exc.excitatory`");
            return None;
        }
        self.connector_and_synapse(tokens, projection)
    }

    /// One end, or several in parentheses.
    fn senders(&mut self, tokens: &mut Tokens, projection: &mut Projection) -> Option<()> {
        let Some(tuple) = tokens.group(Delimiter::Parenthesis) else {
            return self.sender(
                tokens,
                projection,
                "the sending population, as in `projection input -> exc: ..`",
            );
        };
        let mut inside = Tokens::inside(&tuple);
        while !inside.is_empty() || projection.pre.is_empty() {
            self.sender(&mut inside, projection, "a population, as in `projection (input, exc) -> inh: ..`")?;
            if inside.punct(',').is_none() && !inside.is_empty() {
                return self.expected(&inside, "`,` between the senders, as in `(input, exc) -> inh`");
            }
        }
        Some(())
    }

    fn sender(&mut self, tokens: &mut Tokens, projection: &mut Projection, what: &str) -> Option<()> {
        let pre = self.end(tokens, what)?;
        if pre.dot.is_some() {
            let place = pre.part.as_ref().map(Ident::span).or(pre.dot).unwrap_or_else(|| tokens.span());
            self.errors
                .at(place, "the receptor belongs to the target: `projection input -> exc.excitatory: ..`");
        }
        projection.pre.push(pre);
        Some(())
    }

    fn connector_and_synapse(&mut self, tokens: &mut Tokens, projection: &mut Projection) -> Option<()> {
        let shape =
            "`: connector, synapse`, as in `: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms }`";
        self.punct(tokens, ':', shape)?;
        let connector = tokens.value();
        let connector = self.written(tokens, connector, "a connector, as in `AllToAll`")?;
        projection.connector = Some(Value::parse(connector));
        if tokens.peek_punct(';') || tokens.is_empty() || tokens.at_item() {
            let message = "a projection needs a synapse after its connector: \
                           `AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms }`";
            self.errors.at(tokens.previous_span(), message);
            return None;
        }
        self.punct(
            tokens,
            ',',
            "`,` and a synapse, as in `, StaticSynapse { weight: 0.1nA, delay: 1.0ms }`",
        )?;
        let synapse = tokens.value();
        let what = "a synapse, as in `StaticSynapse { weight: 0.1nA, delay: 1.0ms }`";
        projection.synapse = Some(Value::parse(self.written(tokens, synapse, what)?));
        Some(())
    }

    /// `name =` in front of what the item, a `what`, is about. It makes a field of the handle, so it stands at the top.
    pub(super) fn label(&mut self, tokens: &mut Tokens, what: &str) -> Option<Ident> {
        let follows = punct(tokens.peek_at(1), '=') && !joint(tokens.peek_at(1), '=');
        if !follows || !tokens.peek_ident().is_some_and(is_name) {
            return None;
        }
        let label = tokens.ident()?;
        tokens.bump();
        if let Some(around) = self.nesting.last() {
            let article = if what.starts_with('e') { "an" } else { "a" };
            let message = format!(
                "{article} {what} inside `{around}` has no label: a label is one field of the handle; \
                 leave out `{label} =`, or write the {what} outside"
            );
            self.errors.at(label.span(), message);
        }
        Some(label)
    }

    pub(super) fn record(&mut self, tokens: &mut Tokens) -> Option<Item> {
        tokens.ident()?;
        let mut record = Record { end: None, variables: Vec::new(), every: None };
        let finished = self.record_parts(tokens, &mut record);
        self.close(tokens, finished, "`record`");
        Some(Item::Record(record))
    }

    fn record_parts(&mut self, tokens: &mut Tokens, record: &mut Record) -> Option<()> {
        let shape = "`record exc: spikes, v every 1.0ms;`";
        let end = self.end(tokens, &format!("a population, as in {shape}"))?;
        if let Some(part) = &end.part {
            let message = format!("variables go behind a colon: `record {}: {part};`", end.name);
            self.errors.at(part.span(), message);
            record.end = Some(end);
            return None;
        }
        record.end = Some(end);
        self.punct(tokens, ':', &format!("`:` and what to record, as in {shape}"))?;
        loop {
            record.variables.push(self.name(tokens, &format!("a variable, as in {shape}"))?);
            if tokens.punct(',').is_none() {
                break;
            }
        }
        if tokens.word("every").is_some() {
            let every = tokens.statement();
            record.every = Some(self.written(tokens, every, "a time, as in `every 1.0ms`")?);
        }
        Some(())
    }

    /// A population, perhaps a part of it, perhaps with a name behind a dot.
    pub(super) fn end(&mut self, tokens: &mut Tokens, what: &str) -> Option<End> {
        let name = self.name(tokens, what)?;
        let mut brackets = Vec::new();
        while let Some(bracket) = tokens.group(Delimiter::Bracket) {
            let inside = self.checked_units(bracket.stream());
            if inside.is_empty() {
                self.errors.over(&bracket, format!("expected a range of cells, as in `{name}[0..10]`"));
            }
            brackets.push(bracket);
        }
        let dot = tokens.punct('.');
        let part =
            if dot.is_some() && tokens.peek_ident().is_some_and(is_name) { tokens.ident() } else { None };
        let computed = dot.filter(|_| part.is_none()).and_then(|_| tokens.group(Delimiter::Parenthesis));
        Some(End { name, brackets, dot, part, computed })
    }

    /// A value that must not be empty.
    pub(super) fn written(&mut self, tokens: &Tokens, value: TokenStream, what: &str) -> Option<TokenStream> {
        if value.is_empty() { self.expected(tokens, what) } else { Some(self.checked_units(value)) }
    }

    /// Declarations make fields of the handle, so they cannot depend on a condition or a loop.
    pub(super) fn only_at_the_top(&mut self, keyword: &Ident, remedy: &str) {
        if let Some(around) = self.nesting.last() {
            self.errors
                .at(keyword.span(), format!("a `{keyword}` cannot be declared inside `{around}`; {remedy}"));
        }
    }
}
