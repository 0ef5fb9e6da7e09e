//! NEST's own models, by their names.

use std::borrow::Cow;
use std::sync::Arc;

use pynn_core::backend::LocalPopulation;
use pynn_core::cell::{
    CellInfo, CellType, Observable, Observes, Receives, Receptor, ReceptorInfo, Sampled, Variable,
    VariableInfo,
};
use pynn_core::error::{Error, Result};
use pynn_core::random::Purpose;
use pynn_core::values::{Column as Values, IntoValues};

use crate::ffi::{Description, Kernel, Kind};
use crate::model::{Column, Setting, Shown};

/// Cells of a model of NEST's own, by its name: PyNN's `native_cell_type`. Only NEST simulates them.
///
/// All numbers are plain, in NEST's own units: ms, mV, pF, pA, nS, and what the model's documentation says of weights. What
/// is not set has NEST's default. Names are NEST's; a name that the model does not have is an error when the network is
/// set up.
///
/// - Receptors are numbered as in NEST, `receptor0` (the default, where NEST mostly tells excitation from inhibition by the
///   sign) to `receptor31`.
/// - Spikes are recorded, and every recordable of NEST's: in `network!` by its name (`record cells: V_m;`), anywhere by
///   [`recordable`]. The first sample is NaN where NEST does not tell the initial value.
///
/// ```
/// use pynn_core::prelude::*;
/// use pynn_nest::{NativeCell, Nest};
///
/// let mut net = NetworkBuilder::new("Two time constants");
/// let sim = net.simulator::<Nest>("sim", SimulatorOptions::default());
/// let cell = NativeCell::new("iaf_psc_exp_multisynapse").set("C_m", 200.0).set("tau_syn", [2.0, 10.0]);
/// let cells = net.population(&sim, "cells", 10, cell.vary("V_m", Uniform { low: -70.0, high: -60.0 }));
/// let synapse = StaticSynapse { weight: 50.0, delay: 1.0 * ms };
/// net.project(None, &cells, cells.target(NativeCell::receptors().receptor2), AllToAll::default(), synapse);
/// net.record(&cells, NativeCell::variables().V_m);
/// net.record(&cells, pynn_nest::recordable("I_syn_2")?);
/// # net.build()?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NativeCell {
    model: Arc<str>,
    parameters: Vec<(Arc<str>, Given)>,
}

/// What a parameter is given.
#[derive(Clone, Debug)]
enum Given {
    /// The same to all cells: a number or a list.
    Same(NativeValue),
    /// A number to each cell.
    Each(Values),
}

/// A value of a parameter of NEST's: a number (also for whole numbers), true or false, or a list of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct NativeValue {
    numbers: Vec<f64>,
    is_list: bool,
}

impl From<f64> for NativeValue {
    fn from(number: f64) -> Self {
        Self { numbers: vec![number], is_list: false }
    }
}

impl From<i32> for NativeValue {
    fn from(number: i32) -> Self {
        f64::from(number).into()
    }
}

impl From<bool> for NativeValue {
    fn from(flag: bool) -> Self {
        f64::from(u8::from(flag)).into()
    }
}

impl From<Vec<f64>> for NativeValue {
    fn from(numbers: Vec<f64>) -> Self {
        Self { numbers, is_list: true }
    }
}

impl<const N: usize> From<[f64; N]> for NativeValue {
    fn from(numbers: [f64; N]) -> Self {
        numbers.to_vec().into()
    }
}

impl NativeCell {
    /// Cells of NEST's `model` with its defaults.
    #[must_use]
    pub fn new(model: impl Into<Arc<str>>) -> Self {
        Self { model: model.into(), parameters: Vec::new() }
    }

    /// Gives `parameter` the same value in all cells.
    #[must_use]
    pub fn set(self, parameter: impl Into<Arc<str>>, value: impl Into<NativeValue>) -> Self {
        self.given(parameter.into(), Given::Same(value.into()))
    }

    /// Gives each cell its own value of `parameter`: a list, a closure of the cell's index, a distribution. NEST takes
    /// initial values as parameters: `V_m`.
    #[must_use]
    pub fn vary(self, parameter: impl Into<Arc<str>>, values: impl IntoValues<f64>) -> Self {
        self.given(parameter.into(), Given::Each(values.into_values().into_column()))
    }

    fn given(mut self, parameter: Arc<str>, given: Given) -> Self {
        self.parameters.retain(|(name, _)| *name != parameter);
        self.parameters.push((parameter, given));
        self
    }

    /// NEST's name of the model.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// What NEST is given for the cells of `population`.
    pub(crate) fn settings(&self, population: &LocalPopulation<'_>, kernel: &Kernel) -> Result<Vec<Setting>> {
        let known = self.known(population, kernel)?;
        let each = self.parameters.iter().enumerate().map(|(index, (name, given))| {
            let kind = known.parameters.get(&**name).copied().ok_or_else(|| {
                self.unknown("parameter", name, population, known.parameters.keys().map(String::as_str))
            })?;
            let columns = match given {
                Given::Same(value) => {
                    if value.is_list != matches!(kind, Kind::Numbers | Kind::Wholes) {
                        let (is, not) =
                            if value.is_list { ("a number", "a list") } else { ("a list", "a number") };
                        return Err(self.refused(population, &format!("`{name}` is {is}, not {not}")));
                    }
                    value.numbers.iter().map(|number| Column::Same(*number)).collect()
                }
                Given::Each(values) => vec![Column::Each(fill(values, population, index, name)?)],
            };
            let setting = Setting { key: Cow::Owned(name.to_string()), kind, columns };
            setting.check().map_err(|why| self.refused(population, &why))?;
            Ok(setting)
        });
        each.collect()
    }

    /// NEST's name of variable number `variable`.
    pub(crate) fn shown(
        &self,
        population: &LocalPopulation<'_>,
        variable: usize,
        kernel: &Kernel,
    ) -> Result<Shown> {
        let name = VARIABLES[variable];
        let known = self.known(population, kernel)?;
        // Recordables that depend on lists of parameters are not among those of the defaults.
        let numbered = name.ends_with(|last: char| last.is_ascii_digit());
        if !numbered && !known.recordables.iter().any(|own| own == name) {
            return Err(self.unknown(
                "recordable",
                name,
                population,
                known.recordables.iter().map(String::as_str),
            ));
        }
        Ok(Shown { key: name, factor: 1.0, initial: None })
    }

    fn known(&self, population: &LocalPopulation<'_>, kernel: &Kernel) -> Result<Description> {
        let named = |error: Error| error.in_context(format_args!("population `{}`", population.spec.name));
        let known = kernel.describe(&self.model).map_err(named)?;
        if !known.is_neuron {
            return Err(self.refused(population, "it is no neuron"));
        }
        Ok(known)
    }

    fn refused(&self, population: &LocalPopulation<'_>, why: &str) -> Error {
        Error::description(format!("population `{}`: NEST's {}: {why}", population.spec.name, self.model))
    }

    fn unknown<'a>(
        &self,
        what: &str,
        name: &str,
        population: &LocalPopulation<'_>,
        there_are: impl Iterator<Item = &'a str>,
    ) -> Error {
        let names = close(name, there_are);
        self.refused(population, &format!("it has no {what} `{name}`; there are {}", names.join(", ")))
    }
}

/// A cell's own values of parameter number `index`.
fn fill(values: &Values, population: &LocalPopulation<'_>, index: usize, name: &str) -> Result<Vec<f64>> {
    let spec = population.spec;
    if let Values::List(list) = values
        && list.len() != spec.size
    {
        return Err(Error::description(format!(
            "population `{}`: {name} lists {} values for {} cells; list one a cell",
            spec.name,
            list.len(),
            spec.size
        )));
    }
    let mut filled = Vec::with_capacity(population.cells.len());
    let key = population.network().key(Purpose::Parameter, (spec.id.0 as u64) << 16 | index as u64);
    values.fill(key, population.cells.clone(), &mut filled);
    Ok(filled)
}

/// The names like `name` or, if none is, all.
fn close<'a>(name: &str, there_are: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let all: Vec<&str> = there_are.collect();
    let plain = |name: &str| name.to_lowercase().replace(['_', '.'], "");
    let word = plain(name);
    let is_like = |other: &&str| {
        let other = plain(other);
        other.contains(&word) || word.contains(&other) || distance(&word, &other) <= 1 + word.len() / 4
    };
    let like: Vec<&str> = all.iter().copied().filter(is_like).collect();
    if like.is_empty() { all } else { like }
}

/// How many letters must be changed, added or left out (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.bytes().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

/// The recordable called `name` of a [`NativeCell`], for those whose name is no Rust name or depends on parameters.
///
/// # Errors
/// When no model of NEST has it; whether this one does is found when the network is set up.
pub fn recordable(name: &str) -> Result<Variable<Recordable>> {
    match VARIABLES.iter().skip(1).position(|other| *other == name) {
        Some(index) => Ok(Variable::new(index + 1)),
        None => {
            let names = close(name, VARIABLES.iter().skip(1).copied());
            Err(Error::description(format!(
                "NEST has no recordable `{name}`; there are {}",
                names.join(", ")
            )))
        }
    }
}

/// A recordable of one of NEST's models, in NEST's unit.
#[derive(Debug)]
pub enum Recordable {}

impl Observable for Recordable {
    const SYMBOL: &'static str = "";
}

impl Sampled for Recordable {}

macro_rules! native {
    (
        receptors { $($receptor:ident)* }
        named { $($name:ident)* }
        unnamed { $($other:literal)* }
    ) => {
        pynn_core::cell_tokens! { NativeReceptors: Receptor { $($receptor: f64,)* } }
        pynn_core::cell_tokens! { NativeVariables: Variable { spikes: pynn_core::cell::observable::Spikes, $($name: Recordable,)* } }
        pynn_core::cell_tokens! { NativeParameters: Parameter {} }

        /// What can be recorded: spikes, and the recordables of NEST 3.10's models.
        const VARIABLES: &[&str] = &["spikes", $(stringify!($name),)* $($other,)*];

        static INFO: CellInfo = CellInfo {
            name: "NativeCell",
            parameters: &[],
            receptors: &[$(ReceptorInfo { name: stringify!($receptor), symbol: "" }),*],
            states: &[],
            variables: &[
                VariableInfo { name: "spikes", symbol: "" },
                $(VariableInfo { name: stringify!($name), symbol: "" },)*
                $(VariableInfo { name: $other, symbol: "" },)*
            ],
        };

        $(
            impl Observes<{ pynn_core::cell::name(stringify!($name), &[stringify!($name)]) }> for NativeCell {
                type Observable = Recordable;
            }
        )*
    };
}

native! {
    receptors {
        receptor0 receptor1 receptor2 receptor3 receptor4 receptor5 receptor6 receptor7 receptor8 receptor9 receptor10
        receptor11 receptor12 receptor13 receptor14 receptor15 receptor16 receptor17 receptor18 receptor19 receptor20
        receptor21 receptor22 receptor23 receptor24 receptor25 receptor26 receptor27 receptor28 receptor29 receptor30
        receptor31
    }
    named {
        ASCurrents_sum Act_m Act_n Ca_astro E_sfa I I_AMPA I_GABA I_KNa I_NMDA I_NaP I_SIC I_T I_ahp I_h I_stc I_syn I_syn_1
        I_syn_2 I_syn_3 I_syn_4 I_syn_ex I_syn_in IP3 Inact_h Inact_p S U_m V_m V_th V_th_adapt V_th_v adaptation
        eprop_history_duration error_signal g_1 g_2 g_3 g_4 g_AMPA g_GABA_A g_GABA_B g_NMDA g_ahp g_ex g_in g_rr g_sfa h h_IP3R
        learning_signal mean n_events noise noisy_rate rate readout_signal readout_signal_unnorm s_AMPA s_GABA s_NMDA
        surrogate_gradient t_ref_remaining target_signal theta threshold threshold_spike threshold_voltage u_bar_bar
        u_bar_minus u_bar_plus w z
    }
    unnamed {
        "I_ex.p" "I_in.p" "V_m.d" "V_m.p" "V_m.s" "g_ex.d" "g_ex.p" "g_ex.s" "g_in.d" "g_in.p" "g_in.s"
        "I_syn_5" "I_syn_6" "I_syn_7" "I_syn_8" "I_syn_9" "I_syn_10" "I_syn_11" "I_syn_12" "I_syn_13" "I_syn_14" "I_syn_15"
        "I_syn_16" "g_5" "g_6" "g_7" "g_8" "g_9" "g_10" "g_11" "g_12" "g_13" "g_14" "g_15" "g_16"
    }
}

impl Observes<{ pynn_core::cell::name("spikes", &["spikes"]) }> for NativeCell {
    type Observable = pynn_core::cell::observable::Spikes;
}

impl Observes<0> for NativeCell {
    type Observable = pynn_core::cell::observable::Spikes;
}

impl CellType for NativeCell {
    type Receptors = NativeReceptors;
    type States = NativeParameters;
    type Variables = NativeVariables;
    type Parameters = NativeParameters;
    const VARIABLES: &'static [&'static str] = VARIABLES;

    fn info() -> &'static CellInfo {
        &INFO
    }
    fn receptors() -> NativeReceptors {
        NativeReceptors::new()
    }
    fn states() -> NativeParameters {
        NativeParameters::new()
    }
    fn variables() -> NativeVariables {
        NativeVariables::new()
    }
    fn parameters() -> NativeParameters {
        NativeParameters::new()
    }
    fn parameter_values(&self) -> Vec<f64> {
        Vec::new()
    }
}

impl Receives for NativeCell {
    type DefaultWeight = f64;
    fn default_receptor() -> Receptor<f64> {
        NativeReceptors::new().receptor0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recordable_is_found_by_its_name_or_by_one_like_it() {
        assert_eq!(VARIABLES[recordable("V_m.s").unwrap().index()], "V_m.s");
        assert_eq!(recordable("V_m").unwrap().index(), NativeCell::variables().V_m.index());
        let error = recordable("v_m").err().unwrap();
        assert!(error.message().contains("`v_m`; there are U_m, V_m,"), "{error}");
    }

    #[test]
    fn a_letter_too_many_is_one_away() {
        assert_eq!([distance("tau_m", "tau_mm"), distance("taum", "tau_m"), distance("", "abc")], [1, 1, 3]);
    }
}
