//! The standard cell types as NEST has them.

use pynn_core::backend::LocalPopulation;
use pynn_core::error::{Error, Result};

use crate::ffi::Kind;
use crate::model::{Column, Port, Setting, Shown};

/// A standard cell type as NEST sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standard<'a> {
    /// NEST's name.
    pub(crate) name: &'static str,
    pub(crate) parameters: &'a [Parameter],
    /// State variables that can be given initial values.
    pub(crate) states: &'a [Named],
    /// What can be recorded.
    pub(crate) shown: &'a [Named],
    /// What starts from the value of a parameter: names of ours.
    pub(crate) starts: &'static [(&'static str, &'static str)],
    /// By receptor.
    pub(crate) receptors: &'a [Port],
}

/// NEST's name of something, ours, and what to multiply our values by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named(pub(crate) &'static str, pub(crate) &'static str, pub(crate) f64);

/// A parameter of NEST's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parameter {
    /// A parameter of ours times a factor.
    Is(Named),
    /// A parameter of ours divided by a factor: of `4.7nS`, which is 4.7 * 0.001 uS, that gives back the 4.7.
    Over(Named),
    /// `cm / tau_m` in nS.
    Leak,
    /// The same for all cells.
    Fixed(&'static str, f64),
    /// A list of NEST's: parameters of ours, times a factor.
    List(&'static str, [&'static str; 3], f64),
}

use Parameter::{Fixed, Is, Leak, List, Over};

pub(crate) const MILLIVOLT: f64 = 1.0;
pub(crate) const MILLISECOND: f64 = 1.0;
pub(crate) const TO_PICO: f64 = 1000.0;
pub(crate) const TO_NANOSIEMENS: f64 = 1000.0;
pub(crate) const NANOSIEMENS: f64 = 0.001;

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

pub(crate) const TAU_M: Parameter = Is(Named("tau_m", "tau_m", MILLISECOND));
const TAU_EX: Parameter = Is(Named("tau_syn_ex", "tau_syn_E", MILLISECOND));
const TAU_IN: Parameter = Is(Named("tau_syn_in", "tau_syn_I", MILLISECOND));
const E_EX: Parameter = Is(Named("E_ex", "e_rev_E", MILLIVOLT));
const E_IN: Parameter = Is(Named("E_in", "e_rev_I", MILLIVOLT));

pub(crate) const V: Named = Named("V_m", "v", MILLIVOLT);
const G_EX: Named = Named("g_ex", "gsyn_exc", TO_NANOSIEMENS);
const G_IN: Named = Named("g_in", "gsyn_inh", TO_NANOSIEMENS);
const M: Named = Named("Act_m", "m", 1.0);
const H: Named = Named("Inact_h", "h", 1.0);
const N: Named = Named("Act_n", "n", 1.0);

pub(crate) const W: Named = Named("w", "w", TO_PICO);
const U: Named = Named("U_m", "u", 1.0);
const G_SFA: Named = Named("g_sfa", "g_s", TO_NANOSIEMENS);
const G_RR: Named = Named("g_rr", "g_r", TO_NANOSIEMENS);

const CURRENTS: &[Port] = &[Port { factor: TO_PICO, receptor: None }; 2];
const JUMPS: &[Port] = &[Port { factor: MILLIVOLT, receptor: None }; 2];
/// NEST tells inhibitory conductances by a negative sign.
const CONDUCTANCES: &[Port] =
    &[Port { factor: TO_NANOSIEMENS, receptor: None }, Port { factor: -TO_NANOSIEMENS, receptor: None }];

const CONDUCTANCE_CELL: &[Parameter] = integrate_and_fire!(Leak, TAU_EX, TAU_IN, E_EX, E_IN);

pub(crate) const IF_CURR_EXP: Standard<'static> = Standard {
    name: "iaf_psc_exp",
    parameters: integrate_and_fire!(TAU_M, TAU_EX, TAU_IN),
    states: &[V],
    shown: &[V],
    starts: &[],
    receptors: CURRENTS,
};
pub(crate) const IF_CURR_ALPHA: Standard<'static> = Standard { name: "iaf_psc_alpha", ..IF_CURR_EXP };
pub(crate) const IF_CURR_DELTA: Standard<'static> = Standard {
    name: "iaf_psc_delta",
    parameters: integrate_and_fire!(TAU_M),
    states: &[V],
    shown: &[V],
    starts: &[],
    receptors: JUMPS,
};
pub(crate) const IF_COND_EXP: Standard<'static> = Standard {
    name: "iaf_cond_exp",
    parameters: CONDUCTANCE_CELL,
    states: &[V, G_EX, G_IN],
    shown: &[V, G_EX, G_IN],
    starts: &[],
    receptors: CONDUCTANCES,
};
pub(crate) const IF_COND_ALPHA: Standard<'static> = Standard { name: "iaf_cond_alpha", ..IF_COND_EXP };
pub(crate) const HH_COND_EXP: Standard<'static> = Standard {
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
    starts: &[],
    receptors: CONDUCTANCES,
};
pub(crate) const EIF_COND_EXP_ISFA_ISTA: Standard<'static> = Standard {
    name: "aeif_cond_exp",
    parameters: integrate_and_fire!(
        Leak,
        TAU_EX,
        TAU_IN,
        E_EX,
        E_IN,
        Is(Named("V_peak", "v_spike", MILLIVOLT)),
        Over(Named("a", "a", NANOSIEMENS)),
        Is(Named("b", "b", TO_PICO)),
        Is(Named("Delta_T", "delta_T", MILLIVOLT)),
        Is(Named("tau_w", "tau_w", MILLISECOND))
    ),
    states: &[V, W, G_EX, G_IN],
    shown: &[V, W, G_EX, G_IN],
    starts: &[],
    receptors: CONDUCTANCES,
};
pub(crate) const EIF_COND_ALPHA_ISFA_ISTA: Standard<'static> =
    Standard { name: "aeif_cond_alpha", ..EIF_COND_EXP_ISFA_ISTA };
pub(crate) const IZHIKEVICH: Standard<'static> = Standard {
    name: "izhikevich",
    parameters: &[
        Is(Named("a", "a", 1.0)),
        Is(Named("b", "b", 1.0)),
        Is(Named("c", "c", MILLIVOLT)),
        Is(Named("d", "d", 1.0)),
        Is(Named("I_e", "i_offset", TO_PICO)),
    ],
    states: &[V, U],
    shown: &[V, U],
    starts: &[],
    receptors: JUMPS,
};
pub(crate) const GIF_COND_EXP: Standard<'static> = Standard {
    name: "gif_cond_exp",
    parameters: &[
        Is(Named("E_L", "v_rest", MILLIVOLT)),
        Is(Named("V_reset", "v_reset", MILLIVOLT)),
        Is(Named("C_m", "cm", TO_PICO)),
        Is(Named("t_ref", "tau_refrac", MILLISECOND)),
        Is(Named("I_e", "i_offset", TO_PICO)),
        Leak,
        TAU_EX,
        TAU_IN,
        E_EX,
        E_IN,
        Is(Named("Delta_V", "delta_v", MILLIVOLT)),
        Is(Named("V_T_star", "v_t_star", MILLIVOLT)),
        Is(Named("lambda_0", "lambda0", 1.0)),
        List("tau_stc", ["tau_eta1", "tau_eta2", "tau_eta3"], MILLISECOND),
        List("q_stc", ["a_eta1", "a_eta2", "a_eta3"], TO_PICO),
        List("tau_sfa", ["tau_gamma1", "tau_gamma2", "tau_gamma3"], MILLISECOND),
        List("q_sfa", ["a_gamma1", "a_gamma2", "a_gamma3"], MILLIVOLT),
    ],
    states: &[V, G_EX, G_IN],
    shown: &[V, G_EX, G_IN, Named("I_stc", "i_eta", TO_PICO), Named("E_sfa", "v_t", MILLIVOLT)],
    starts: &[("v_t", "v_t_star")],
    receptors: CONDUCTANCES,
};
pub(crate) const IF_COND_EXP_GSFA_GRR: Standard<'static> = Standard {
    name: "iaf_cond_exp_sfa_rr",
    parameters: integrate_and_fire!(
        Leak,
        TAU_EX,
        TAU_IN,
        E_EX,
        E_IN,
        Is(Named("tau_sfa", "tau_sfa", MILLISECOND)),
        Is(Named("E_sfa", "e_rev_sfa", MILLIVOLT)),
        Over(Named("q_sfa", "q_sfa", NANOSIEMENS)),
        Is(Named("tau_rr", "tau_rr", MILLISECOND)),
        Is(Named("E_rr", "e_rev_rr", MILLIVOLT)),
        Over(Named("q_rr", "q_rr", NANOSIEMENS))
    ),
    states: &[V, G_EX, G_IN, G_SFA, G_RR],
    shown: &[V, G_EX, G_IN, G_SFA, G_RR],
    starts: &[],
    receptors: CONDUCTANCES,
};
pub(crate) const IF_FACETS_HARDWARE1: Standard<'static> = Standard {
    name: "iaf_cond_exp",
    parameters: &[
        Is(Named("E_L", "v_rest", MILLIVOLT)),
        Is(Named("V_reset", "v_reset", MILLIVOLT)),
        Is(Named("V_th", "v_thresh", MILLIVOLT)),
        Over(Named("g_L", "g_leak", NANOSIEMENS)),
        Fixed("C_m", 200.0),
        Fixed("t_ref", 1.0),
        Fixed("I_e", 0.0),
        Fixed("E_ex", 0.0),
        TAU_EX,
        TAU_IN,
        E_IN,
    ],
    ..IF_COND_EXP
};

impl Standard<'_> {
    /// What NEST is given for the cells of `population`.
    pub(crate) fn settings(&self, population: &LocalPopulation<'_>) -> Result<Vec<Setting>> {
        let of = |name: &str, factor| Ok(parameter_column(population, name)?.times(factor));
        let mut settings = Vec::with_capacity(self.parameters.len() + self.states.len());
        for parameter in self.parameters {
            settings.push(match parameter {
                Is(Named(key, name, factor)) => Setting::number(key, of(name, *factor)?),
                Over(Named(key, name, factor)) => {
                    let column = parameter_column(population, name)?;
                    Setting::number(key, column.over(&Column::Same(*factor), population.cells.len()))
                }
                Leak => {
                    let (cm, tau) =
                        (parameter_column(population, "cm")?, parameter_column(population, "tau_m")?);
                    Setting::number("g_L", cm.over(&tau, population.cells.len()).times(TO_NANOSIEMENS))
                }
                Fixed(key, value) => Setting::number(key, Column::Same(*value)),
                List(key, names, factor) => {
                    let columns = names.iter().map(|name| of(name, *factor)).collect::<Result<_>>()?;
                    Setting { key: (*key).into(), kind: Kind::Numbers, columns }
                }
            });
        }
        for (index, state) in population.spec.cell.states.iter().enumerate() {
            let column = match population.spec.initial[index].constant() {
                Some(value) => Column::Same(value),
                None => Column::Each(population.initial(index)?),
            };
            match self.states.iter().find(|Named(_, name, _)| *name == state.name) {
                Some(Named(key, _, factor)) => settings.push(Setting::number(key, column.times(*factor))),
                None if column.is(state.default) => {}
                None => {
                    return Err(Error::description(format!(
                        "population `{}`: NEST's {} always starts with {} at {} {}; leave its initial value out",
                        population.spec.name, self.name, state.name, state.default, state.symbol
                    )));
                }
            }
        }
        Ok(settings)
    }

    /// How many of the settings are parameters; states follow.
    pub(crate) fn parameters(&self) -> usize {
        self.parameters.len()
    }

    /// NEST's name of a state or a variable that we call `name`, and what to multiply NEST's values by.
    pub(crate) fn named(&self, name: &str) -> Option<(&'static str, f64)> {
        let found = self.shown.iter().chain(self.states).find(|Named(_, ours, _)| *ours == name);
        found.map(|Named(key, _, factor)| (*key, 1.0 / factor))
    }

    /// Variable number `variable` of the cell type at time 0, in base units.
    fn at_first(&self, population: &LocalPopulation<'_>, variable: usize) -> Result<Vec<f64>> {
        let (cell, name) = (population.spec.cell, population.spec.cell.variables[variable].name);
        match (cell.state(name), self.starts.iter().find(|(variable, _)| *variable == name)) {
            (Some(state), _) => population.initial(state),
            (None, Some((_, parameter))) => population.parameter_named(parameter),
            (None, None) => Ok(vec![0.0; population.cells.len()]),
        }
    }

    /// How variable number `variable` of the cell type is recorded.
    pub(crate) fn shown(&self, population: &LocalPopulation<'_>, variable: usize) -> Result<Shown> {
        let (cell, name) = (population.spec.cell, population.spec.cell.variables[variable].name);
        let Some(Named(key, _, factor)) = self.shown.iter().find(|Named(_, ours, _)| *ours == name) else {
            let shown: Vec<&str> = self.shown.iter().map(|Named(_, ours, _)| *ours).collect();
            return Err(Error::description(format!(
                "population `{}`: NEST shows no `{name}` of {}; it shows {}",
                population.spec.name,
                cell.name,
                shown.join(", ")
            )));
        };
        Ok(Shown { key, factor: 1.0 / factor, initial: Some(self.at_first(population, variable)?) })
    }
}

pub(crate) fn parameter_column(population: &LocalPopulation<'_>, name: &str) -> Result<Column> {
    let index = population.spec.cell.parameter(name);
    let index = index.ok_or_else(|| {
        Error::description(format!("{} has no parameter `{name}`", population.spec.cell.name))
    })?;
    Ok(match population.constant_parameter(index) {
        Some(value) => Column::Same(value),
        None => Column::Each(population.parameter(index)?),
    })
}
