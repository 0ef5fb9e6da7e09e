//! What a cell type is to NEURON: a mechanism, the values that it is given, and the columns that it shows.

use pynn_core::backend::LocalPopulation;
use pynn_core::error::{Error, Result};
use pynn_core::network::Network;
use pynn_core::point_neuron::{Membrane, PointNeuron, PostSynapticReceptor, Response};
use pynn_core::random::Purpose;
use pynn_core::time::Tick;

use crate::receptor;

/// A cell type as NEURON sees it.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// The mechanism, a point process of this crate.
    pub(crate) mechanism: &'static str,
    /// The capacitance of the membrane, nF.
    pub(crate) capacitance: Given,
    /// What the mechanism is given, in this order, when it is initialised.
    given: &'static [Given],
    /// Its receptors, if it has any number of them; else it has them built in.
    receptors: Option<&'static [PostSynapticReceptor]>,
    /// The names of what it shows, before those of these receptors.
    shown: &'static [&'static str],
    /// How much earlier than it is due a spike is given to it, in time steps.
    pub(crate) early: f64,
}

/// A value of each cell.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given {
    /// The global id.
    Gid,
    /// A parameter.
    Parameter(&'static str),
    /// The same for all cells.
    Constant(f64),
    /// `cm / tau_m`, uS.
    Leak,
    /// The same by area, S/cm2.
    LeakDensity,
    /// `cm / tau_m`, uS, as what the density makes of the area.
    LeakByDensity,
    /// `tau_refrac` in time steps.
    Refractory,
    /// This time, in ms, in time steps.
    Steps(f64),
    /// An initial value.
    Initial(&'static str),
    /// A word of the key of the cells' random numbers.
    Key(usize),
}

use Given::{Constant, Gid, Initial, Leak, LeakByDensity, LeakDensity, Parameter, Refractory, Steps};

const CURRENT: &[&str] = &["v"];
const CONDUCTANCE: &[&str] = &["v", "gsyn_exc", "gsyn_inh"];
const GATES: &[&str] = &["v", "gsyn_exc", "gsyn_inh", "m", "h", "n"];
/// The membrane of a section of 100 by 1000 / pi um, um2.
const AREA: f64 = std::f64::consts::PI * 100.0 * (1000.0 / std::f64::consts::PI);
const CM: Given = Parameter("cm");

/// The membrane of integrate-and-fire cells, and what follows it.
macro_rules! integrate_and_fire {
    ($($more:expr),*) => {
        &[
            Gid,
            Refractory,
            CM,
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

const fn standard(name: &'static str, variable: &'static str, response: Response) -> PostSynapticReceptor {
    PostSynapticReceptor { name, variable, response }
}

const EXP_RECEPTORS: &[PostSynapticReceptor] = &[
    standard("excitatory", "gsyn_exc", Response::CondExp { tau_syn: "tau_syn_E", e_syn: "e_rev_E" }),
    standard("inhibitory", "gsyn_inh", Response::CondExp { tau_syn: "tau_syn_I", e_syn: "e_rev_I" }),
];
const ALPHA_RECEPTORS: &[PostSynapticReceptor] = &[
    standard("excitatory", "gsyn_exc", Response::CondAlpha { tau_syn: "tau_syn_E", e_syn: "e_rev_E" }),
    standard("inhibitory", "gsyn_inh", Response::CondAlpha { tau_syn: "tau_syn_I", e_syn: "e_rev_I" }),
];

pub(crate) const IF_CURR_EXP: Model = Model {
    mechanism: "PynnIfCurrExp",
    capacitance: CM,
    given: CURRENT_SYNAPSES,
    receptors: None,
    shown: CURRENT,
    early: 0.0,
};
pub(crate) const IF_CURR_ALPHA: Model = Model { mechanism: "PynnIfCurrAlpha", ..IF_CURR_EXP };
/// A jump belongs to the step at whose end it is due. NEURON gives an event to the step whose first half it is in.
pub(crate) const IF_CURR_DELTA: Model =
    Model { mechanism: "PynnIfCurrDelta", given: integrate_and_fire!(), early: 0.75, ..IF_CURR_EXP };
pub(crate) const IF_COND_EXP: Model =
    Model { mechanism: "PynnIfCondExp", given: CONDUCTANCE_SYNAPSES, shown: CONDUCTANCE, ..IF_CURR_EXP };
pub(crate) const IF_COND_ALPHA: Model = Model { mechanism: "PynnIfCondAlpha", ..IF_COND_EXP };
pub(crate) const IF_FACETS_HARDWARE1: Model = Model {
    capacitance: Constant(0.2),
    given: &[
        Gid,
        Steps(1.0),
        Constant(0.2),
        Parameter("g_leak"),
        Parameter("v_rest"),
        Parameter("v_reset"),
        Parameter("v_thresh"),
        Constant(0.0),
        Parameter("tau_syn_E"),
        Parameter("tau_syn_I"),
        Constant(0.0),
        Parameter("e_rev_I"),
        Initial("gsyn_exc"),
        Initial("gsyn_inh"),
    ],
    ..IF_COND_EXP
};
/// The membrane of [`Membrane::Lif`], whose mechanism adapts if it is told to.
const LIF: Model = Model {
    mechanism: "PynnLif",
    given: &[
        Gid,
        Refractory,
        Leak,
        Parameter("v_rest"),
        Parameter("v_reset"),
        Parameter("v_thresh"),
        Parameter("i_offset"),
        Constant(1.0),
        Constant(0.0),
        Constant(0.0),
        Constant(1.0),
        Constant(0.0),
        Constant(0.0),
        Constant(0.0),
        Constant(0.0),
    ],
    shown: &["v", "g_s", "g_r"],
    ..IF_COND_EXP
};
pub(crate) const IF_COND_EXP_GSFA_GRR: Model = Model {
    mechanism: "PynnLif",
    given: &[
        Gid,
        Refractory,
        Leak,
        Parameter("v_rest"),
        Parameter("v_reset"),
        Parameter("v_thresh"),
        Parameter("i_offset"),
        Parameter("tau_sfa"),
        Parameter("e_rev_sfa"),
        Parameter("q_sfa"),
        Parameter("tau_rr"),
        Parameter("e_rev_rr"),
        Parameter("q_rr"),
        Initial("g_s"),
        Initial("g_r"),
    ],
    receptors: Some(EXP_RECEPTORS),
    shown: &["v", "g_s", "g_r"],
    ..IF_COND_EXP
};
pub(crate) const EIF_COND_EXP_ISFA_ISTA: Model = Model {
    mechanism: "PynnAdExp",
    given: &[
        Parameter("i_offset"),
        LeakDensity,
        Parameter("v_rest"),
        Gid,
        Refractory,
        LeakByDensity,
        Parameter("v_rest"),
        Parameter("v_reset"),
        Parameter("v_thresh"),
        Parameter("v_spike"),
        Parameter("delta_T"),
        Parameter("a"),
        Parameter("b"),
        Parameter("tau_w"),
        Initial("w"),
    ],
    receptors: Some(EXP_RECEPTORS),
    shown: &["v", "w"],
    ..IF_COND_EXP
};
pub(crate) const EIF_COND_ALPHA_ISFA_ISTA: Model =
    Model { receptors: Some(ALPHA_RECEPTORS), ..EIF_COND_EXP_ISFA_ISTA };
pub(crate) const IZHIKEVICH: Model = Model {
    mechanism: "PynnIzhikevich",
    // Its section has 10^-6 cm2: 1 pF.
    capacitance: Constant(1.0),
    given: &[
        Parameter("i_offset"),
        Gid,
        Parameter("a"),
        Parameter("b"),
        Parameter("c"),
        Parameter("d"),
        Initial("u"),
    ],
    shown: &["v", "u"],
    ..IF_CURR_DELTA
};
pub(crate) const GIF_COND_EXP: Model = Model {
    mechanism: "PynnGif",
    given: &[
        Gid,
        Refractory,
        Leak,
        Parameter("v_rest"),
        Parameter("v_reset"),
        Parameter("i_offset"),
        Given::Key(0),
        Given::Key(1),
        Parameter("delta_v"),
        Parameter("v_t_star"),
        Parameter("lambda0"),
        Parameter("tau_eta1"),
        Parameter("tau_eta2"),
        Parameter("tau_eta3"),
        Parameter("tau_gamma1"),
        Parameter("tau_gamma2"),
        Parameter("tau_gamma3"),
        Parameter("a_eta1"),
        Parameter("a_eta2"),
        Parameter("a_eta3"),
        Parameter("a_gamma1"),
        Parameter("a_gamma2"),
        Parameter("a_gamma3"),
    ],
    receptors: Some(EXP_RECEPTORS),
    shown: &["v", "i_eta", "v_t"],
    ..IF_COND_EXP
};
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
    shown: GATES,
    ..IF_COND_EXP
};

/// The point processes that are cells.
pub(crate) const MECHANISMS: [&str; 10] = [
    IF_CURR_EXP.mechanism,
    IF_CURR_ALPHA.mechanism,
    IF_CURR_DELTA.mechanism,
    IF_COND_EXP.mechanism,
    IF_COND_ALPHA.mechanism,
    HH_COND_EXP.mechanism,
    IF_COND_EXP_GSFA_GRR.mechanism,
    EIF_COND_EXP_ISFA_ISTA.mechanism,
    IZHIKEVICH.mechanism,
    GIF_COND_EXP.mechanism,
];

impl Model {
    /// The model of a cell type made of a membrane and receptors.
    #[must_use]
    pub fn of_point_neuron<C: PointNeuron>() -> Self {
        let membrane = match C::MEMBRANE {
            Membrane::Lif => LIF,
            Membrane::AdExp => EIF_COND_EXP_ISFA_ISTA,
        };
        Self { receptors: Some(C::RECEPTORS), ..membrane }
    }

    /// How many receptors it has of those that it may have any number of.
    pub(crate) fn receptors(&self) -> usize {
        self.receptors.unwrap_or_default().len()
    }

    /// The names of what it shows, by column.
    pub(crate) fn shown(&self) -> Vec<&'static str> {
        let receptors = self.receptors.unwrap_or_default().iter();
        self.shown.iter().copied().chain(receptors.map(|receptor| receptor.variable)).collect()
    }

    /// How many values a cell is given.
    pub(crate) fn width(&self) -> usize {
        let receptors = self.receptors.map_or(0, |receptors| 1 + receptors.len() * receptor::WIDTH);
        self.given.len() + receptors
    }

    /// What the cells of `population` are given, cell by cell.
    pub(crate) fn values(
        &self,
        network: &Network,
        population: &LocalPopulation<'_>,
        timestep: Tick,
    ) -> Result<Vec<f64>> {
        let columns: Vec<Vec<f64>> = self
            .given
            .iter()
            .map(|given| given.column(network, population, timestep))
            .collect::<Result<_>>()?;
        let receptors = self.receptors.unwrap_or_default();
        let kinetics: Vec<_> = receptors
            .iter()
            .enumerate()
            .map(|(number, receptor)| {
                let quantum = network.weight_quantum(population.spec.id, number);
                receptor::values(receptor, population, timestep.ms(), quantum)
            })
            .collect::<Result<_>>()?;
        let mut values = Vec::with_capacity(population.cells.len() * self.width());
        for cell in 0..population.cells.len() {
            values.extend(columns.iter().map(|column| column[cell]));
            values.extend(self.receptors.map(|receptors| receptors.len() as f64));
            values.extend(kinetics.iter().flat_map(|receptor: &Vec<_>| receptor[cell]));
        }
        Ok(values)
    }

    /// The number of the column that shows variable number `variable` of the cell type.
    pub(crate) fn column(&self, population: &LocalPopulation<'_>, variable: usize) -> Result<usize> {
        let (cell, name) = (population.spec.cell, population.spec.cell.variables[variable].name);
        let shown = self.shown();
        shown.iter().position(|shown| *shown == name).ok_or_else(|| {
            Error::description(format!(
                "population `{}`: NEURON shows no `{name}` of {}; it shows {}",
                population.spec.name,
                cell.name,
                shown.join(", ")
            ))
        })
    }
}

impl Given {
    /// The values of the cells of `population`.
    pub(crate) fn column(
        self,
        network: &Network,
        population: &LocalPopulation<'_>,
        timestep: Tick,
    ) -> Result<Vec<f64>> {
        let same = |value: f64| vec![value; population.cells.len()];
        let steps = |period: f64| (period / timestep.ms() + 1e-9).round();
        Ok(match self {
            Gid => population
                .cells
                .clone()
                .map(|index| f64::from(population.spec.first_gid) + index as f64)
                .collect(),
            Parameter(name) => population.parameter_named(name)?,
            Constant(value) => same(value),
            Leak | LeakDensity | LeakByDensity => {
                let (cm, tau) = (population.parameter_named("cm")?, population.parameter_named("tau_m")?);
                // In this order, as PyNN has it: of cells that are all but unstable the last bit counts.
                let leak = |cm: f64, tau: f64| match self {
                    LeakDensity => 1e-3 * cm / tau,
                    LeakByDensity => (1e-3 * cm / tau) * AREA * 1e-2,
                    _ => cm / tau,
                };
                cm.iter().zip(&tau).map(|(cm, tau)| leak(*cm, *tau)).collect()
            }
            Refractory => population.parameter_named("tau_refrac")?.into_iter().map(steps).collect(),
            Steps(time) => same(steps(time)),
            Initial(name) => population.initial_named(name)?,
            Self::Key(word) => {
                let key = network.key(Purpose::Model, population.spec.id.0 as u64);
                same(f64::from(key.words()[word]))
            }
        })
    }
}
