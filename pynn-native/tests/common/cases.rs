//! One-cell cases with the answers of NEST and NEURON.

use pynn_core::cells::SpikeTrains;
use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_native::Native;
use serde_json::Value;

/// A case with the answers to it.
pub(crate) struct Case {
    pub(crate) json: Value,
    pub(crate) name: String,
    pub(crate) timestep: f64,
    pub(crate) duration: f64,
    /// NEST's spike times, ms.
    pub(crate) spikes: Vec<f64>,
    /// NEST's membrane potential every 0.5 ms from 0, mV; empty if it was not recorded.
    pub(crate) v: Vec<f64>,
}

/// What the engine answers.
pub(crate) struct Answer {
    /// Spike times, ms.
    pub(crate) spikes: Vec<f64>,
    /// The membrane potential every 0.5 ms from 0, mV.
    pub(crate) v: Vec<f64>,
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().map_or_else(Vec::new, |list| list.iter().filter_map(Value::as_f64).collect())
}

pub(crate) fn parse(text: &str) -> Vec<Case> {
    let list: Vec<Value> = serde_json::from_str(text).unwrap();
    let case = |json: Value| Case {
        name: json["name"].as_str().unwrap().to_owned(),
        timestep: json["timestep"].as_f64().unwrap(),
        duration: json["duration"].as_f64().unwrap(),
        spikes: numbers(&json["nest"]["spikes"]),
        v: numbers(&json["nest"]["v"]),
        json,
    };
    list.into_iter().map(case).collect()
}

macro_rules! network_of {
    ($case:expr, $timestep:expr, $copies:expr, $cell:ident { $($parameter:ident)* } [$($state:ident)*]) => {{
        let case: &Case = $case;
        let default = $cell::default();
        let cell = $cell { $($parameter: case.json["parameters"][stringify!($parameter)].as_f64().map_or(default.$parameter, Unit::from_base),)* };
        let mut net = NetworkBuilder::new("Case");
        let options = SimulatorOptions { timestep: $timestep * ms, ..SimulatorOptions::default() };
        let sim = net.simulator::<Native>("sim", options);
        let pop = net.population(&sim, "cell", $copies, cell);
        $(if let Some(value) = case.json["initial"][stringify!($state)].as_f64() {
            net.initialize(&pop, $cell::states().$state, vec![Unit::from_base(value); $copies]);
        })*
        for (number, input) in case.json["inputs"].as_array().into_iter().flatten().enumerate() {
            let times = numbers(&input["spike_times"]);
            let times = times.into_iter().map(|time| nest_time(time, case.timestep) * ms);
            let source = SpikeSourceArray { spike_times: SpikeTrains::same(times) };
            let source = net.population(&sim, &format!("input {number}"), 1, source);
            let excitatory = input["receptor"] == "excitatory";
            let receptors = $cell::receptors();
            let target = pop.target(if excitatory { receptors.excitatory } else { receptors.inhibitory });
            let (weight, delay) = (input["weight"].as_f64().unwrap(), input["delay"].as_f64().unwrap());
            let mut synapse = StaticSynapse { weight: weight_of(&receptors.excitatory), delay: delay * ms };
            synapse.weight = Unit::from_base(weight);
            net.project(None, &source, target, AllToAll::default(), synapse);
        }
        net.record(&pop, $cell::variables().spikes);
        net.record_every(&pop, $cell::variables().v, 0.5 * ms);
        net.build().unwrap()
    }};
}

/// The time at which the source of NEST's answer fired: PyNN hands it `time` less the smallest delay (one time step), and
/// NEST rounds the difference up to its grid; the rounding of 65.9 - 0.1 makes that 65.9, a step late.
pub(crate) fn nest_time(time: f64, timestep: f64) -> f64 {
    let given = time - timestep;
    // Down to microseconds, then to a step.
    let steps = ((given * 1000.0).trunc() / (timestep * 1000.0).round()).trunc();
    let late = steps * timestep < given;
    (steps + 1.0 + f64::from(u8::from(late))) * timestep
}

/// A weight for the receptor, for the type alone.
fn weight_of<W: Unit>(_: &pynn_core::cell::Receptor<W>) -> W {
    W::from_base(0.0)
}

impl Case {
    /// The case's network with `copies` equal cells, at a time step of `timestep` ms.
    pub(crate) fn network(&self, timestep: f64, copies: usize) -> Network {
        match self.json["cell"].as_str().unwrap() {
            "IF_curr_exp" => network_of!(self, timestep, copies, IfCurrExp {
                v_rest cm tau_m tau_refrac tau_syn_E tau_syn_I i_offset v_reset v_thresh } [v]),
            "IF_curr_alpha" => network_of!(self, timestep, copies, IfCurrAlpha {
                v_rest cm tau_m tau_refrac tau_syn_E tau_syn_I i_offset v_reset v_thresh } [v]),
            "IF_curr_delta" => network_of!(self, timestep, copies, IfCurrDelta {
                v_rest cm tau_m tau_refrac i_offset v_reset v_thresh } [v]),
            "IF_cond_exp" => network_of!(self, timestep, copies, IfCondExp {
                v_rest cm tau_m tau_refrac tau_syn_E tau_syn_I e_rev_E e_rev_I i_offset v_reset v_thresh } [v]),
            "IF_cond_alpha" => network_of!(self, timestep, copies, IfCondAlpha {
                v_rest cm tau_m tau_refrac tau_syn_E tau_syn_I e_rev_E e_rev_I i_offset v_reset v_thresh } [v]),
            "HH_cond_exp" => network_of!(self, timestep, copies, HhCondExp {
                gbar_Na gbar_K g_leak cm v_offset e_rev_Na e_rev_K e_rev_leak e_rev_E e_rev_I tau_syn_E tau_syn_I
                i_offset } [v m h n]),
            "EIF_cond_exp_isfa_ista" => network_of!(self, timestep, copies, EifCondExpIsfaIsta {
                cm tau_refrac v_spike v_reset v_rest tau_m i_offset a b delta_T tau_w v_thresh e_rev_E tau_syn_E
                e_rev_I tau_syn_I } [v w]),
            "EIF_cond_alpha_isfa_ista" => network_of!(self, timestep, copies, EifCondAlphaIsfaIsta {
                cm tau_refrac v_spike v_reset v_rest tau_m i_offset a b delta_T tau_w v_thresh e_rev_E tau_syn_E
                e_rev_I tau_syn_I } [v w]),
            "Izhikevich" => network_of!(self, timestep, copies, Izhikevich { a b c d i_offset } [v u]),
            "IF_cond_exp_gsfa_grr" => network_of!(self, timestep, copies, IfCondExpGsfaGrr {
                v_rest cm tau_m tau_refrac tau_syn_E tau_syn_I e_rev_E e_rev_I i_offset v_reset v_thresh tau_sfa
                e_rev_sfa q_sfa tau_rr e_rev_rr q_rr } [v g_s g_r]),
            other => panic!("no case has a cell {other}"),
        }
    }

    /// The inputs: step of arrival, 0 for excitatory or 1 for inhibitory, weight.
    pub(crate) fn arrivals(&self) -> Vec<(usize, usize, f64)> {
        let mut arrivals = Vec::new();
        for input in self.json["inputs"].as_array().into_iter().flatten() {
            let receptor = usize::from(input["receptor"] == "inhibitory");
            for time in numbers(&input["spike_times"]) {
                let due = nest_time(time, self.timestep) + input["delay"].as_f64().unwrap();
                arrivals.push((
                    (due / self.timestep).round() as usize,
                    receptor,
                    input["weight"].as_f64().unwrap(),
                ));
            }
        }
        arrivals
    }

    /// The engine's answer at the case's time step.
    pub(crate) fn answer(&self) -> Answer {
        self.answer_at(self.timestep)
    }

    /// The engine's answer at a time step of `timestep` ms.
    pub(crate) fn answer_at(&self, timestep: f64) -> Answer {
        let outcome = super::run(&self.network(timestep, 1), 1, self.duration * ms);
        let own = outcome.spikes.iter().filter(|spike| spike.gid == 0);
        Answer {
            spikes: own.map(|spike| f64::from(spike.step) * timestep).collect(),
            v: outcome.samples[&(0, 0)][0].clone(),
        }
    }
}

/// Largest and root mean square difference of two potentials sampled every 0.5 ms, at least 2 ms away from `spikes`.
pub(crate) fn difference(a: &[f64], b: &[f64], spikes: &[f64]) -> (f64, f64) {
    let quiet = |time: f64| spikes.iter().all(|spike| (spike - time).abs() >= 2.0);
    let samples = a.iter().zip(b).enumerate().filter(|(k, _)| quiet(*k as f64 * 0.5));
    let (mut largest, mut squares, mut count) = (0f64, 0.0, 0);
    for (_, (a, b)) in samples {
        largest = largest.max((a - b).abs());
        squares += (a - b).powi(2);
        count += 1;
    }
    assert!(count > 20 && a.len() == b.len(), "{count} samples of {} and {}", a.len(), b.len());
    (largest, (squares / f64::from(count)).sqrt())
}
