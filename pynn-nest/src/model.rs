//! What a cell type is to NEST: a model, the parameters that it is given in NEST's units, and what it shows.

use pynn_core::backend::LocalPopulation;
use pynn_core::error::{Error, Result};

/// A cell type as NEST sees it.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// NEST's name.
    pub(crate) name: &'static str,
    parameters: &'static [Parameter],
    /// State variables that can be given initial values.
    states: &'static [Named],
    /// What can be recorded.
    shown: &'static [Named],
    /// By receptor.
    receptors: &'static [Port],
}

/// NEST's name of something, ours, and what to multiply our values by.
#[derive(Clone, Copy, Debug)]
struct Named(&'static str, &'static str, f64);

/// A parameter of NEST's.
#[derive(Clone, Copy, Debug)]
enum Parameter {
    /// A parameter of ours times a factor.
    Is(Named),
    /// `cm / tau_m` in nS.
    Leak,
}

/// How weights onto a receptor become NEST's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Port {
    /// What to multiply them by.
    pub(crate) factor: f64,
}

/// A value of every cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Column {
    /// The same for all.
    Same(f64),
    /// One a cell.
    Each(Vec<f64>),
}

use Parameter::{Is, Leak};

const MILLIVOLT: f64 = 1.0;
const MILLISECOND: f64 = 1.0;
const TO_PICO: f64 = 1000.0;
const TO_NANOSIEMENS: f64 = 1000.0;

/// The membrane of integrate-and-fire cells, and what follows it.
macro_rules! integrate_and_fire {
    ($($more:expr),*) => {
        &[
            Is(Named("E_L", "v_rest", MILLIVOLT)),
            Is(Named("V_reset", "v_reset", MILLIVOLT)),
            Is(Named("V_th", "v_thresh", MILLIVOLT)),
            Is(Named("C_m", "cm", TO_PICO)),
            Is(Named("t_ref", "tau_refrac", MILLISECOND)),
            Is(Named("I_e", "i_offset", TO_PICO)),
            $($more),*
        ]
    };
}

const TAU_M: Parameter = Is(Named("tau_m", "tau_m", MILLISECOND));
const TAU_EX: Parameter = Is(Named("tau_syn_ex", "tau_syn_E", MILLISECOND));
const TAU_IN: Parameter = Is(Named("tau_syn_in", "tau_syn_I", MILLISECOND));
const E_EX: Parameter = Is(Named("E_ex", "e_rev_E", MILLIVOLT));
const E_IN: Parameter = Is(Named("E_in", "e_rev_I", MILLIVOLT));

const V: Named = Named("V_m", "v", MILLIVOLT);
const G_EX: Named = Named("g_ex", "gsyn_exc", TO_NANOSIEMENS);
const G_IN: Named = Named("g_in", "gsyn_inh", TO_NANOSIEMENS);
const M: Named = Named("Act_m", "m", 1.0);
const H: Named = Named("Inact_h", "h", 1.0);
const N: Named = Named("Act_n", "n", 1.0);

const CURRENTS: &[Port] = &[Port { factor: TO_PICO }; 2];
const JUMPS: &[Port] = &[Port { factor: MILLIVOLT }; 2];
/// NEST tells inhibitory conductances by a negative sign.
const CONDUCTANCES: &[Port] = &[Port { factor: TO_NANOSIEMENS }, Port { factor: -TO_NANOSIEMENS }];

const CONDUCTANCE_CELL: &[Parameter] = integrate_and_fire!(Leak, TAU_EX, TAU_IN, E_EX, E_IN);

pub(crate) const IF_CURR_EXP: Model = Model {
    name: "iaf_psc_exp",
    parameters: integrate_and_fire!(TAU_M, TAU_EX, TAU_IN),
    states: &[V],
    shown: &[V],
    receptors: CURRENTS,
};
pub(crate) const IF_CURR_ALPHA: Model = Model { name: "iaf_psc_alpha", ..IF_CURR_EXP };
pub(crate) const IF_CURR_DELTA: Model = Model {
    name: "iaf_psc_delta",
    parameters: integrate_and_fire!(TAU_M),
    states: &[V],
    shown: &[V],
    receptors: JUMPS,
};
pub(crate) const IF_COND_EXP: Model = Model {
    name: "iaf_cond_exp",
    parameters: CONDUCTANCE_CELL,
    states: &[V, G_EX, G_IN],
    shown: &[V, G_EX, G_IN],
    receptors: CONDUCTANCES,
};
pub(crate) const IF_COND_ALPHA: Model = Model { name: "iaf_cond_alpha", ..IF_COND_EXP };
pub(crate) const HH_COND_EXP: Model = Model {
    name: "hh_cond_exp_traub",
    parameters: &[
        Is(Named("g_Na", "gbar_Na", TO_NANOSIEMENS)),
        Is(Named("g_K", "gbar_K", TO_NANOSIEMENS)),
        Is(Named("g_L", "g_leak", TO_NANOSIEMENS)),
        Is(Named("C_m", "cm", TO_PICO)),
        Is(Named("V_T", "v_offset", MILLIVOLT)),
        Is(Named("E_Na", "e_rev_Na", MILLIVOLT)),
        Is(Named("E_K", "e_rev_K", MILLIVOLT)),
        Is(Named("E_L", "e_rev_leak", MILLIVOLT)),
        Is(Named("I_e", "i_offset", TO_PICO)),
        TAU_EX,
        TAU_IN,
        E_EX,
        E_IN,
    ],
    states: &[V, M, H, N],
    shown: &[V, G_EX, G_IN, M, H, N],
    receptors: CONDUCTANCES,
};

impl Model {
    /// What NEST is given for the cells of `population`: name and values.
    pub(crate) fn columns(&self, population: &LocalPopulation<'_>) -> Result<Vec<(&'static str, Column)>> {
        let mut columns = Vec::with_capacity(self.parameters.len() + self.states.len());
        for parameter in self.parameters {
            columns.push(match parameter {
                Is(Named(key, name, factor)) => (*key, parameter_column(population, name)?.times(*factor)),
                Leak => {
                    let (cm, tau) =
                        (parameter_column(population, "cm")?, parameter_column(population, "tau_m")?);
                    ("g_L", cm.over(&tau, population.cells.len()).times(TO_NANOSIEMENS))
                }
            });
        }
        for (index, state) in population.spec.cell.states.iter().enumerate() {
            let column = match population.spec.initial[index].constant() {
                Some(value) => Column::Same(value),
                None => Column::Each(population.initial(index)?),
            };
            match self.states.iter().find(|Named(_, name, _)| *name == state.name) {
                Some(Named(key, _, factor)) => columns.push((*key, column.times(*factor))),
                None if column.is(state.default) => {}
                None => {
                    return Err(Error::description(format!(
                        "population `{}`: NEST's {} always starts with {} at {} {}; leave its initial value out",
                        population.spec.name, self.name, state.name, state.default, state.symbol
                    )));
                }
            }
        }
        Ok(columns)
    }

    /// NEST's name of variable number `variable` of the cell type, and what to multiply NEST's values by.
    pub(crate) fn shown(
        &self,
        population: &LocalPopulation<'_>,
        variable: usize,
    ) -> Result<(&'static str, f64)> {
        let (cell, name) = (population.spec.cell, population.spec.cell.variables[variable].name);
        let found = self.shown.iter().find(|Named(_, ours, _)| *ours == name);
        found.map(|Named(key, _, factor)| (*key, 1.0 / factor)).ok_or_else(|| {
            let shown: Vec<&str> = self.shown.iter().map(|Named(_, ours, _)| *ours).collect();
            Error::description(format!(
                "population `{}`: NEST shows no `{name}` of {}; it shows {}",
                population.spec.name,
                cell.name,
                shown.join(", ")
            ))
        })
    }

    /// How weights onto receptor number `receptor` of `population` become NEST's.
    pub(crate) fn port(&self, receptor: usize) -> Port {
        self.receptors[receptor]
    }
}

fn parameter_column(population: &LocalPopulation<'_>, name: &str) -> Result<Column> {
    let index = population.spec.cell.parameter(name);
    let index = index.ok_or_else(|| {
        Error::description(format!("{} has no parameter `{name}`", population.spec.cell.name))
    })?;
    Ok(match population.constant_parameter(index) {
        Some(value) => Column::Same(value),
        None => Column::Each(population.parameter(index)?),
    })
}

impl Column {
    fn times(self, factor: f64) -> Self {
        match self {
            Self::Same(value) => Self::Same(value * factor),
            Self::Each(values) => Self::Each(values.into_iter().map(|value| value * factor).collect()),
        }
    }

    fn over(&self, other: &Self, cells: usize) -> Self {
        match (self, other) {
            (Self::Same(value), Self::Same(other)) => Self::Same(value / other),
            _ => Self::Each((0..cells).map(|cell| self.of(cell) / other.of(cell)).collect()),
        }
    }

    /// The value of cell number `cell`.
    pub(crate) fn of(&self, cell: usize) -> f64 {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values[cell],
        }
    }

    fn is(&self, value: f64) -> bool {
        match self {
            Self::Same(own) => *own == value,
            Self::Each(values) => values.iter().all(|own| *own == value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_constants_is_a_constant() {
        let (one, two) = (Column::Same(1.0), Column::Each(vec![20.0, 10.0]));
        assert_eq!(one.over(&Column::Same(20.0), 2), Column::Same(0.05));
        assert_eq!(one.over(&two, 2).times(1000.0), Column::Each(vec![50.0, 100.0]));
    }
}
