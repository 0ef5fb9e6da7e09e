//! Rules that need more than one item, and rules on numbers written as literals. The builder applies the same
//! number rules, with the same words, where values are not literal.

mod cells;
mod electrode;

use crate::ast::{End, Item, Network, Population, Projection, Record, Simulator};
use crate::errors::{Errors, list};
use crate::names::Names;
use crate::unit::{self, Quantity};
use crate::value::Value;
use proc_macro2::{Ident, TokenStream, TokenTree};

/// Largest relative error of a literal's conversion to nanoseconds that is rounding, not meaning.
const ROUNDING: f64 = 1e-6;

pub(crate) fn check(network: &Network, names: &Names<'_>, errors: &mut Errors) {
    let mut check = Check { names, errors };
    check.only_one(&network.items, "seed", |item| match item {
        Item::Seed(seed) => Some(&seed.keyword),
        _ => None,
    });
    check.only_one(&network.items, "space", |item| match item {
        Item::Space(space) => Some(&space.keyword),
        _ => None,
    });
    check.items(&network.items);
}

struct Check<'a, 'e> {
    names: &'a Names<'a>,
    errors: &'e mut Errors,
}

impl Check<'_, '_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Simulator(simulator) => self.simulator(simulator),
                Item::Population(population) => self.size(population),
                Item::Projection(projection) => self.projection(projection),
                Item::Inject(inject) => {
                    self.inject(inject);
                    inject.cells.iter().for_each(|end| self.brackets(end));
                }
                Item::Record(record) => {
                    self.record(record);
                    record.end.iter().for_each(|end| self.brackets(end));
                }
                Item::View(view) => {
                    view.end.iter().for_each(|end| self.brackets(end));
                    self.choice(view);
                }
                Item::Assembly(assembly) => assembly.members.iter().for_each(|end| self.brackets(end)),
                Item::Structure(structure) => {
                    if let (Some(end), Some(_)) = (&structure.end, &structure.value) {
                        self.whole_population(end);
                    }
                }
                Item::Assign(assign) => assign.end.iter().for_each(|end| self.brackets(end)),
                _ => {}
            }
            item.bodies().into_iter().for_each(|body| self.items(body));
        }
    }

    /// The random numbers of a network have one seed, its distances one space.
    fn only_one<'i>(
        &mut self,
        items: &'i [Item],
        what: &str,
        keyword: impl Fn(&'i Item) -> Option<&'i Ident>,
    ) {
        let mut spans = items.iter().filter_map(keyword).map(Ident::span);
        let Some(first) = spans.next() else { return };
        for second in spans {
            self.errors.at(second, format!("a network has one `{what}`; remove this one or the other"));
            self.errors.at(first, format!("the first `{what}` is here"));
        }
    }

    /// A simulator runs on at least one process, which has at least one thread, and advances by a positive time step.
    fn simulator(&mut self, simulator: &Simulator) {
        let name = &simulator.name;
        let Some(options) = &simulator.options else { return };
        for field in ["processes", "threads"] {
            if let Some(tokens) = written(options, field)
                && unit::plain_number(tokens).is_some_and(|number| number <= 0.0)
            {
                let message =
                    format!("simulator `{name}`: {field} is {tokens}, but a simulator needs at least one");
                self.errors.over(tokens, message);
            }
        }
        if let Some((tokens, step)) = time(options, "timestep")
            && step.number <= 0.0
        {
            let message = format!("simulator `{name}`: timestep is {}, but must be positive", step.text());
            self.errors.over(tokens, message);
        }
    }

    /// A population has at least one cell.
    fn size(&mut self, population: &Population) {
        let Some(size) = &population.size else { return };
        if unit::plain_number(size).is_some_and(|size| size <= 0.0) {
            let name = &population.name;
            self.errors.over(
                size,
                format!("population `{name}` has size {size}, but a population needs at least one cell"),
            );
        }
    }

    fn projection(&mut self, projection: &Projection) {
        projection.pre.iter().chain(&projection.post).for_each(|end| self.brackets(end));
        let Some(post) = &projection.post else { return };
        for value in [&projection.connector, &projection.synapse].into_iter().flatten() {
            self.qualifier(value, post);
        }
        if let Some(connector) = &projection.connector {
            self.probability(connector, "p_connect");
        }
        if let Some(synapse) = &projection.synapse {
            ["p", "U"].into_iter().for_each(|field| self.probability(synapse, field));
            self.sign(synapse, projection);
            self.delay(synapse, projection);
            self.gap_junction(synapse, projection);
        }
    }

    /// Connectors and synapses live where the target lives.
    fn qualifier(&mut self, value: &Value, post: &End) {
        let Some(qualifier) = &value.qualifier else { return };
        let Some(target) = self.names.simulator_of(post) else { return };
        if self.names.simulator(qualifier).is_none() || *qualifier == target.name {
            return;
        }
        let (home, population) = (&target.name, &post.name);
        let rest =
            value.without_qualifier().path().map_or_else(String::new, |path| path.tokens().to_string());
        let message = format!(
            "`{qualifier}::{rest}` belongs to `{qualifier}`, but the target `{population}` is on `{home}`: connectors and \
             synapses are the target's simulator's; write `{home}::{rest}`, or just `{rest}`"
        );
        self.errors.at(qualifier.span(), message);
    }

    /// A probability lies between 0 and 1.
    fn probability(&mut self, value: &Value, field: &str) {
        let Some(tokens) = written(value, field) else { return };
        let Some(probability) = unit::plain_number(tokens) else { return };
        if !(0.0..=1.0).contains(&probability) {
            let message = format!("`{field}` is a probability, between 0 and 1; {probability} is not");
            self.errors.over(tokens, message);
        }
    }

    /// Conductances are not negative: inhibition is the receptor's business. Other weights have the sign of a receptor that
    /// is called `excitatory` or `inhibitory`.
    fn sign(&mut self, synapse: &Value, projection: &Projection) {
        let (Some(tokens), Some(post)) = (written(synapse, "weight"), &projection.post) else { return };
        let Some(weight) = unit::quantity(tokens) else { return };
        let is_conductance = ["uS", "nS", "mS", "S", "pS"].contains(&weight.unit.as_str());
        let receptor = post.part.as_ref().map(ToString::to_string);
        let (target, text) = (&post.name, weight.text());
        let inhibits = receptor.as_deref() == Some("inhibitory");
        let message = match receptor.as_deref() {
            _ if is_conductance && weight.number < 0.0 => format!(
                "a weight of {text} is negative, but `{target}` takes conductances, which are positive for every \
                 receptor; to inhibit, write `-> {target}.inhibitory` and a positive weight"
            ),
            Some("excitatory") if weight.number < 0.0 => format!(
                "a weight of {text} is negative, but `{target}.excitatory` takes weights that excite, which are positive; \
                 to inhibit, write `-> {target}.inhibitory` and the same weight"
            ),
            _ if inhibits && !is_conductance && weight.number > 0.0 => format!(
                "a weight of {text} is positive, but `{target}.inhibitory` takes weights that inhibit, which are negative; \
                 write -{text}, or `-> {target}.excitatory`"
            ),
            _ => return,
        };
        self.errors.over(tokens, message);
    }

    /// A gap junction joins cells of one simulator.
    fn gap_junction(&mut self, synapse: &Value, projection: &Projection) {
        let last = synapse.path().and_then(|path| path.tokens().into_iter().last());
        let Some(TokenTree::Ident(name)) = last.filter(|last| last.to_string() == "ElectricalSynapse") else {
            return;
        };
        let Some(post) = &projection.post else { return };
        let Some(target) = self.names.simulator_of(post) else { return };
        let home = &target.name;
        for pre in &projection.pre {
            let Some(sender) = self.names.simulator_of(pre).filter(|sender| sender.name != *home) else {
                continue;
            };
            let message = format!(
                "{name} needs both potentials at every time step, but `{}` is on `{}` and the target on `{home}`; put both \
                 on one simulator",
                pre.name, sender.name
            );
            self.errors.at(name.span(), message);
        }
    }

    /// A delay is a multiple of the target's time step, and no shorter than it nor, from another simulator, than
    /// the sender's.
    fn delay(&mut self, synapse: &Value, projection: &Projection) {
        let Some((tokens, delay)) = time(synapse, "delay") else { return };
        let Some(target) = projection.post.as_ref().and_then(|end| self.names.simulator_of(end)) else {
            return;
        };
        let senders = projection.pre.iter().filter_map(|end| self.names.simulator_of(end));
        let text = delay.text();
        for simulator in std::iter::once(target).chain(senders.filter(|sender| sender.name != target.name)) {
            let Some((_, step)) = simulator.options.as_ref().and_then(|options| time(options, "timestep"))
            else {
                continue;
            };
            if nanoseconds(&delay) < nanoseconds(&step) * (1.0 - ROUNDING) {
                let (name, step) = (&simulator.name, step.text());
                let message = format!(
                    "a delay of {text} is shorter than the time step of `{name}`, {step}; \
                     raise the delay or shorten the time step"
                );
                self.errors.over(tokens, message);
                return;
            }
        }
        let Some((step, below)) = self.no_multiple(&delay, target) else { return };
        let (name, step, above) = (&target.name, step.text(), milliseconds(below + nanoseconds(&step)));
        let below = milliseconds(below);
        let message = format!(
            "a delay of {text} is no multiple of the time step of the target's simulator `{name}`, {step}; \
             use {below} or {above}"
        );
        self.errors.over(tokens, message);
    }

    fn record(&mut self, record: &Record) {
        let Some(end) = &record.end else { return };
        let Some(tokens) = &record.every else { return };
        if let [spikes] = record.variables.as_slice()
            && spikes == "spikes"
        {
            self.errors.over(
                tokens,
                "spikes are recorded when they happen; `every` is for variables like `v`, so remove it",
            );
        }
        let (Some(every), Some(simulator)) = (unit::quantity(tokens), self.names.simulator_of(end)) else {
            return;
        };
        if let Some((step, _)) =
            Some(&every).filter(|every| is_time(every)).and_then(|every| self.no_multiple(every, simulator))
        {
            let variables =
                list(record.variables.iter().map(ToString::to_string).filter(|name| name != "spikes"));
            let population = self.names.root(&end.name).map_or(&end.name, |population| &population.name);
            let (every, step) = (every.text(), step.text());
            let message = format!(
                "population `{population}`: {variables} is recorded every {every}, \
                 but that is no multiple of the time step, {step}"
            );
            self.errors.over(tokens, message);
        }
    }

    /// The time step of the simulator and the multiple of it below `time`, if `time` is no positive multiple.
    fn no_multiple(&self, wanted: &Quantity, simulator: &Simulator) -> Option<(Quantity, f64)> {
        let (_, step) = time(simulator.options.as_ref()?, "timestep")?;
        let steps = nanoseconds(wanted) / nanoseconds(&step);
        let is_multiple = (steps - steps.round()).abs() <= ROUNDING * steps.abs().max(1.0) && steps > 0.0;
        let below = steps.floor() * nanoseconds(&step);
        (nanoseconds(&step) > 0.0 && !is_multiple).then_some((step, below))
    }

    /// A structure is of a whole population.
    fn whole_population(&mut self, end: &End) {
        let Some(population) = self.names.population(&end.name) else { return };
        let members = usize::from(population.family.is_some());
        if let Some(range) = end.brackets.get(members).filter(|_| end.brackets.len() == members + 1) {
            let message = "`structure` is for all cells of a population; leave the brackets out: a structure has a place \
                           for every cell";
            self.errors.over(range, message);
        }
    }
}

/// The tokens of a field's value.
fn written<'a>(value: &'a Value, field: &str) -> Option<&'a TokenStream> {
    Some(&value.field(field)?.value.as_ref()?.tokens)
}

/// A field that is one literal time.
fn time<'a>(value: &'a Value, field: &str) -> Option<(&'a TokenStream, Quantity)> {
    let tokens = written(value, field)?;
    unit::quantity(tokens).filter(is_time).map(|time| (tokens, time))
}

fn is_time(quantity: &Quantity) -> bool {
    ["s", "ms", "us"].contains(&quantity.unit.as_str())
}

fn nanoseconds(time: &Quantity) -> f64 {
    let scale = match time.unit.as_str() {
        "s" => 1e9,
        "ms" => 1e6,
        _ => 1e3,
    };
    time.number * scale
}

/// Nanoseconds as a time is written in a block.
fn milliseconds(nanoseconds: f64) -> String {
    format!("{}ms", nanoseconds.round() / 1e6)
}
