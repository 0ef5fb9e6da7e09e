//! What a cell type is to NEURON: a mechanism, the values that it is given, and the columns that it shows.

use pynn_core::backend::LocalPopulation;
use pynn_core::error::{Error, Result};
use pynn_core::time::Tick;

/// A cell type as NEURON sees it.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// The mechanism, a point process of this crate.
    pub(crate) mechanism: &'static str,
    /// What it is given, in this order, when it is initialised.
    given: &'static [Given],
    /// The names of what it shows.
    shown: &'static [&'static str],
    /// How much earlier than it is due a spike is given to it, in time steps.
    pub(crate) early: f64,
}

/// A value of each cell.
#[derive(Clone, Copy, Debug)]
enum Given {
    /// The global id.
    Gid,
    /// A parameter.
    Parameter(&'static str),
    /// `cm / tau_m`, uS.
    Leak,
    /// `tau_refrac` in time steps.
    Refractory,
    /// An initial value.
    Initial(&'static str),
}

use Given::{Gid, Initial, Leak, Parameter, Refractory};

const CURRENT: &[&str] = &["v"];
const CONDUCTANCE: &[&str] = &["v", "gsyn_exc", "gsyn_inh"];

/// The membrane of integrate-and-fire cells, and what follows it.
macro_rules! integrate_and_fire {
    ($($more:expr),*) => {
        &[
            Gid,
            Refractory,
            Parameter("cm"),
            Leak,
            Parameter("v_rest"),
            Parameter("v_reset"),
            Parameter("v_thresh"),
            Parameter("i_offset"),
            $($more),*
        ]
    };
}

const CURRENT_SYNAPSES: &[Given] = integrate_and_fire!(Parameter("tau_syn_E"), Parameter("tau_syn_I"));
const CONDUCTANCE_SYNAPSES: &[Given] = integrate_and_fire!(
    Parameter("tau_syn_E"),
    Parameter("tau_syn_I"),
    Parameter("e_rev_E"),
    Parameter("e_rev_I"),
    Initial("gsyn_exc"),
    Initial("gsyn_inh")
);

pub(crate) const IF_CURR_EXP: Model =
    Model { mechanism: "PynnIfCurrExp", given: CURRENT_SYNAPSES, shown: CURRENT, early: 0.0 };
pub(crate) const IF_CURR_ALPHA: Model =
    Model { mechanism: "PynnIfCurrAlpha", given: CURRENT_SYNAPSES, shown: CURRENT, early: 0.0 };
/// A jump belongs to the step at whose end it is due. NEURON gives an event to the step whose first half it is in.
pub(crate) const IF_CURR_DELTA: Model =
    Model { mechanism: "PynnIfCurrDelta", given: integrate_and_fire!(), shown: CURRENT, early: 0.75 };
pub(crate) const IF_COND_EXP: Model =
    Model { mechanism: "PynnIfCondExp", given: CONDUCTANCE_SYNAPSES, shown: CONDUCTANCE, early: 0.0 };
pub(crate) const IF_COND_ALPHA: Model =
    Model { mechanism: "PynnIfCondAlpha", given: CONDUCTANCE_SYNAPSES, shown: CONDUCTANCE, early: 0.0 };
pub(crate) const HH_COND_EXP: Model = Model {
    mechanism: "PynnHhCondExp",
    given: &[
        Gid,
        Parameter("gbar_Na"),
        Parameter("gbar_K"),
        Parameter("g_leak"),
        Parameter("v_offset"),
        Parameter("e_rev_Na"),
        Parameter("e_rev_K"),
        Parameter("e_rev_leak"),
        Parameter("e_rev_E"),
        Parameter("e_rev_I"),
        Parameter("tau_syn_E"),
        Parameter("tau_syn_I"),
        Parameter("i_offset"),
        Initial("m"),
        Initial("h"),
        Initial("n"),
        Initial("gsyn_exc"),
        Initial("gsyn_inh"),
    ],
    shown: CONDUCTANCE,
    early: 0.0,
};

/// All of them.
pub(crate) const ALL: [Model; 6] =
    [IF_CURR_EXP, IF_CURR_ALPHA, IF_CURR_DELTA, IF_COND_EXP, IF_COND_ALPHA, HH_COND_EXP];

impl Model {
    /// How many values a cell is given.
    pub(crate) fn width(&self) -> usize {
        self.given.len()
    }

    /// What the cells of `population` are given, cell by cell.
    pub(crate) fn values(&self, population: &LocalPopulation<'_>, timestep: Tick) -> Result<Vec<f64>> {
        let columns: Vec<Vec<f64>> =
            self.given.iter().map(|given| given.column(population, timestep)).collect::<Result<_>>()?;
        let cells = 0..population.cells.len();
        Ok(cells.flat_map(|cell| columns.iter().map(move |column| column[cell])).collect())
    }

    /// The number of the column that shows variable number `variable` of the cell type.
    pub(crate) fn column(&self, population: &LocalPopulation<'_>, variable: usize) -> Result<usize> {
        let (cell, name) = (population.spec.cell, population.spec.cell.variables[variable].name);
        self.shown.iter().position(|shown| *shown == name).ok_or_else(|| {
            Error::description(format!(
                "population `{}`: NEURON shows no `{name}` of {}; it shows {}",
                population.spec.name,
                cell.name,
                self.shown.join(", ")
            ))
        })
    }
}

impl Given {
    fn column(self, population: &LocalPopulation<'_>, timestep: Tick) -> Result<Vec<f64>> {
        Ok(match self {
            Gid => population
                .cells
                .clone()
                .map(|index| f64::from(population.spec.first_gid) + index as f64)
                .collect(),
            Parameter(name) => population.parameter_named(name)?,
            Leak => {
                let (cm, tau) = (population.parameter_named("cm")?, population.parameter_named("tau_m")?);
                cm.iter().zip(&tau).map(|(cm, tau)| cm / tau).collect()
            }
            Refractory => {
                let steps = |period: &f64| (period / timestep.ms() + 1e-9).round();
                population.parameter_named("tau_refrac")?.iter().map(steps).collect()
            }
            Initial(name) => population.initial_named(name)?,
        })
    }
}
