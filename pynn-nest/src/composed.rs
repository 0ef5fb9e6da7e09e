//! Membranes with receptors of the user's choice (`point_neuron!`) as NEST has them.

use std::borrow::Cow;

use pynn_core::backend::LocalPopulation;
use pynn_core::error::{Error, Result};
use pynn_core::point_neuron::{Membrane, PointNeuron, PostSynapticReceptor, Response};

use crate::ffi::Kind;
use crate::model::{Column, Model, Port, Setting};
use crate::standard::{
    EIF_COND_EXP_ISFA_ISTA, IF_COND_EXP, MILLISECOND, MILLIVOLT, Named, Parameter, Standard, TAU_M,
    TO_NANOSIEMENS, TO_PICO, V, W, parameter_column,
};

/// NEST has a model that does the same as a cell type of `point_neuron!`. Implemented for all of which [`composable`] says
/// so, with `YES` for its answer.
#[diagnostic::on_unimplemented(
    message = "NEST has no model with the membrane and the receptors of `{Self}`",
    label = "this combination does not run on NEST",
    note = "NEST has `Lif` with `CurrExp` receptors, `Lif` with `CondExp` receptors, `AdExp` with one or two `CondExp` receptors, \
            and either with `CondAlpha` and `CondBeta` receptors; the native engine and NEURON have every combination"
)]
pub trait Composable<const YES: bool> {}

impl<C: PointNeuron> Composable<true> for C {}

/// Whether NEST has a model that does the same as `C`.
#[must_use]
pub const fn composable<C: PointNeuron>() -> bool {
    form(C::MEMBRANE, C::RECEPTORS).is_some()
}

/// What becomes of a membrane and its receptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `iaf_psc_exp_multisynapse`.
    Currents,
    /// `iaf_cond_exp` or `aeif_cond_exp`, whose two receptors can be of any kind.
    Pair,
    /// `gif_cond_exp_multisynapse` with a threshold as sharp as numbers are: the leaky cell with many exponential conductances.
    Sharp,
    /// `aeif_cond_beta_multisynapse`; equal time constants make a difference of exponentials an alpha function, and a leaky
    /// cell has neither adaptation nor upstroke.
    Betas,
}

/// [`MANY`] names of recordables by receptor, from 1 on.
macro_rules! numbered {
    ($name:ident: $prefix:literal $($number:literal)*) => {
        const $name: [&str; MANY] = [$(concat!($prefix, $number)),*];
    };
}

/// How many receptors a cell has at most.
const MANY: usize = 32;
numbered! { CURRENT_OF: "I_syn_" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 }
numbered! { CONDUCTANCE_OF: "g_" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 }

const fn form(membrane: Membrane, receptors: &[PostSynapticReceptor]) -> Option<Form> {
    let (mut currents, mut exponentials, mut index) = (0, 0, 0);
    while index < receptors.len() {
        match receptors[index].response {
            Response::CurrExp { .. } => currents += 1,
            Response::CondExp { .. } => exponentials += 1,
            Response::CondAlpha { .. } | Response::CondBeta { .. } => {}
        }
        index += 1;
    }
    let all = receptors.len();
    match (currents, exponentials, membrane) {
        _ if all > MANY => None,
        (0, 0, _) => Some(Form::Betas),
        (0, count, _) if count == all && all <= 2 => Some(Form::Pair),
        (0, count, Membrane::Lif) if count == all => Some(Form::Sharp),
        (count, 0, Membrane::Lif) if count == all => Some(Form::Currents),
        _ => None,
    }
}

/// A membrane with receptors as NEST sees it.
#[derive(Clone, Debug)]
pub(crate) struct Composed {
    form: Form,
    membrane: Membrane,
    name: &'static str,
    receptors: &'static [PostSynapticReceptor],
    parameters: Vec<Parameter>,
    states: Vec<Named>,
    shown: Vec<Named>,
    ports: Vec<Port>,
}

impl Model {
    /// The model of a cell type made of a membrane and receptors, for which [`composable`] holds.
    #[must_use]
    pub fn of_point_neuron<C: PointNeuron>() -> Self {
        let form = form(C::MEMBRANE, C::RECEPTORS).unwrap_or(Form::Betas);
        Composed::new(form, C::MEMBRANE, C::RECEPTORS).into()
    }
}

/// The parameters of a standard cell without those of its receptors.
fn membrane_of(standard: &Standard<'static>) -> Vec<Parameter> {
    let is_membranes = |parameter: &&Parameter| match parameter {
        Parameter::Is(Named(_, ours, _)) => !ours.starts_with("tau_syn") && !ours.starts_with("e_rev"),
        _ => true,
    };
    standard.parameters.iter().filter(is_membranes).copied().collect()
}

impl Composed {
    fn new(form: Form, membrane: Membrane, receptors: &'static [PostSynapticReceptor]) -> Self {
        use Parameter::{Fixed, Is};
        let leaky = membrane == Membrane::Lif;
        let exponential = if leaky { IF_COND_EXP } else { EIF_COND_EXP_ISFA_ISTA };
        let mut parameters = membrane_of(&exponential);
        let name = match form {
            Form::Currents => {
                parameters.retain(|parameter| !matches!(parameter, Parameter::Leak));
                parameters.push(TAU_M);
                "iaf_psc_exp_multisynapse"
            }
            Form::Pair => exponential.name,
            Form::Sharp => {
                parameters.retain(|parameter| !matches!(parameter, Is(Named("V_th", ..))));
                parameters.push(Is(Named("V_T_star", "v_thresh", MILLIVOLT)));
                // Certain to fire from v_thresh on, and not to from 1e-10 mV below; integrated as well as AdExp is.
                parameters.extend([
                    Fixed("Delta_V", 1e-12),
                    Fixed("lambda_0", 1e6),
                    Fixed("gsl_error_tol", 1e-6),
                ]);
                "gif_cond_exp_multisynapse"
            }
            Form::Betas => {
                if leaky {
                    let none = ["a", "b", "Delta_T"].map(|key| Fixed(key, 0.0));
                    parameters.push(Is(Named("V_peak", "v_thresh", MILLIVOLT)));
                    parameters.extend(none);
                }
                "aeif_cond_beta_multisynapse"
            }
        };
        let mut composed = Self {
            form,
            membrane,
            name,
            receptors,
            parameters,
            states: if leaky { vec![V] } else { vec![V, W] },
            shown: if leaky { vec![V] } else { vec![V, W] },
            ports: Vec::new(),
        };
        for (number, receptor) in (0..).zip(receptors) {
            composed.add(number, receptor);
        }
        composed
    }

    fn add(&mut self, number: usize, receptor: &PostSynapticReceptor) {
        let variable = receptor.variable;
        let (port, shown) = match (self.form, receptor.response) {
            (Form::Pair, Response::CondExp { tau_syn, e_syn }) => {
                // NEST tells the second by a negative sign.
                let [tau, reversal, conductance] =
                    [["tau_syn_ex", "E_ex", "g_ex"], ["tau_syn_in", "E_in", "g_in"]][number];
                self.parameters.push(Parameter::Is(Named(tau, tau_syn, MILLISECOND)));
                self.parameters.push(Parameter::Is(Named(reversal, e_syn, MILLIVOLT)));
                let shown = Named(conductance, variable, TO_NANOSIEMENS);
                self.states.push(shown);
                let factor = if number == 0 { TO_NANOSIEMENS } else { -TO_NANOSIEMENS };
                (Port { factor, receptor: None }, Some(shown))
            }
            (Form::Currents, _) => {
                (numbered(number, TO_PICO), Some(Named(CURRENT_OF[number], variable, TO_PICO)))
            }
            (Form::Betas, _) => (
                numbered(number, TO_NANOSIEMENS),
                Some(Named(CONDUCTANCE_OF[number], variable, TO_NANOSIEMENS)),
            ),
            _ => (numbered(number, TO_NANOSIEMENS), None),
        };
        self.ports.push(port);
        self.shown.extend(shown);
    }

    /// All of it that a standard cell type has too.
    pub(crate) fn standard(&self) -> Standard<'_> {
        let Self { name, parameters, states, shown, ports, .. } = self;
        Standard { name, parameters, states, shown, starts: &[], receptors: ports }
    }

    /// What NEST is given for the cells of `population`.
    pub(crate) fn settings(&self, population: &LocalPopulation<'_>) -> Result<Vec<Setting>> {
        self.check(population)?;
        let mut settings = self.lists(population)?;
        settings.extend(self.standard().settings(population)?);
        Ok(settings)
    }

    /// How many of the settings are parameters; states follow.
    pub(crate) fn parameters(&self) -> usize {
        self.keys().len() + self.parameters.len()
    }

    /// NEST's name of what we call `name` where it can be read between runs, and what to multiply NEST's values by.
    pub(crate) fn named(&self, name: &str) -> Option<(&'static str, f64)> {
        let Named(key, _, factor) = self.states.iter().find(|Named(_, ours, _)| *ours == name)?;
        Some((key, 1.0 / factor))
    }

    /// NEST's lists with a value for each receptor.
    fn keys(&self) -> &'static [&'static str] {
        match self.form {
            Form::Pair => &[],
            Form::Currents => &["tau_syn"],
            Form::Sharp => &["tau_syn", "E_rev"],
            Form::Betas => &["tau_rise", "tau_decay", "E_rev"],
        }
    }

    fn lists(&self, population: &LocalPopulation<'_>) -> Result<Vec<Setting>> {
        let of = |name| parameter_column(population, name);
        let mut columns = vec![Vec::new(); self.keys().len()];
        let receptors = if columns.is_empty() { &[] } else { self.receptors };
        for PostSynapticReceptor { response, .. } in receptors {
            let own = match *response {
                Response::CurrExp { tau_syn } => vec![of(tau_syn)?],
                Response::CondExp { tau_syn, e_syn } => vec![of(tau_syn)?, of(e_syn)?],
                Response::CondAlpha { tau_syn, e_syn } => vec![of(tau_syn)?, of(tau_syn)?, of(e_syn)?],
                Response::CondBeta { tau_rise, tau_decay, e_syn } => {
                    // NEST wants the shorter first; the shape does not depend on which is which.
                    let (rise, decay, cells) = (of(tau_rise)?, of(tau_decay)?, population.cells.len());
                    let (short, long) =
                        (rise.with(&decay, cells, f64::min), rise.with(&decay, cells, f64::max));
                    vec![short, long, of(e_syn)?]
                }
            };
            columns.iter_mut().zip(own).for_each(|(list, column)| list.push(column));
        }
        // NEST takes lists of a new length only together: all for all cells, or all cell by cell.
        if columns.iter().flatten().any(|column| matches!(column, Column::Each(_))) {
            let each = |column: &Column| {
                Column::Each((0..population.cells.len()).map(|cell| column.of(cell)).collect())
            };
            columns.iter_mut().flatten().for_each(|column| *column = each(column));
        }
        let setting = |(key, columns): (&&'static str, _)| Setting {
            key: Cow::Borrowed(*key),
            kind: Kind::Numbers,
            columns,
        };
        Ok(self.keys().iter().zip(columns).map(setting).collect())
    }

    /// These models would go on from the reset within the time step, or miss the reset, if it lasted for no step at all.
    fn check(&self, population: &LocalPopulation<'_>) -> Result<()> {
        if self.membrane == Membrane::AdExp || !matches!(self.form, Form::Betas | Form::Sharp) {
            return Ok(());
        }
        let periods = population.parameter_named("tau_refrac")?;
        let Some(cell) = periods.iter().position(|period| *period <= 0.0) else { return Ok(()) };
        Err(Error::description(format!(
            "population `{}`: tau_refrac[{}] is {} ms, but NEST's {} needs at least a time step; raise it",
            population.spec.name,
            population.cells.start + cell,
            periods[cell],
            self.name
        )))
    }
}

fn numbered(number: usize, factor: f64) -> Port {
    Port { factor, receptor: u32::try_from(number + 1).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURRENT: Response = Response::CurrExp { tau_syn: "tau" };
    const EXP: Response = Response::CondExp { tau_syn: "tau", e_syn: "e" };
    const ALPHA: Response = Response::CondAlpha { tau_syn: "tau", e_syn: "e" };
    const BETA: Response = Response::CondBeta { tau_rise: "rise", tau_decay: "decay", e_syn: "e" };

    #[test]
    fn what_nest_cannot_put_together_has_no_form() {
        use Membrane::{AdExp, Lif};
        let many = [EXP; MANY + 1];
        for (membrane, responses, expected) in [
            (Lif, &[CURRENT; 3][..], Some(Form::Currents)),
            (AdExp, &[CURRENT], None),
            (Lif, &[CURRENT, EXP], None),
            (Lif, &[EXP, EXP], Some(Form::Pair)),
            (AdExp, &[EXP], Some(Form::Pair)),
            (Lif, &[EXP; 3], Some(Form::Sharp)),
            (AdExp, &[EXP; 3], None),
            (Lif, &[BETA], Some(Form::Betas)),
            (AdExp, &[ALPHA, BETA, ALPHA], Some(Form::Betas)),
            (AdExp, &[ALPHA, EXP], None),
            (AdExp, &[ALPHA, CURRENT], None),
            (Lif, &many, None),
        ] {
            let receptor =
                |response: &Response| PostSynapticReceptor { name: "r", variable: "g", response: *response };
            let receptors: Vec<_> = responses.iter().map(receptor).collect();
            assert_eq!(form(membrane, &receptors), expected, "{membrane:?} with {responses:?}");
        }
    }
}
