//! Synapses in `network!`: every field as one value, a list, a closure or a distribution, with defaults for the rest.

use pynn::backend::{Lowered, Part, Simulator};
use pynn::connector::Connector;
use pynn::network::{Network, ProjectionSpec};
use pynn::prelude::*;
use pynn::values::SynapseColumn;

/// Describes all and simulates nothing.
#[derive(Debug)]
pub struct Paper;

impl Backend for Paper {
    const NAME: &'static str = "Paper";
    type Model = ();
    type Synapse = String;
    fn instantiate(_: &Part<'_>) -> Result<Box<dyn Simulator>> {
        Err(Error::new(ErrorKind::Simulator, "paper does not simulate"))
    }
}

impl Simulates<IfCurrExp> for Paper {
    fn lower(_: &IfCurrExp) -> Lowered<()> {
        Lowered::Model(())
    }
}

impl Simulates<IfCondExp> for Paper {
    fn lower(_: &IfCondExp) -> Lowered<()> {
        Lowered::Model(())
    }
}

impl<S: std::fmt::Debug> Transmits<S> for Paper {
    fn lower(synapse: &S) -> String {
        format!("{synapse:?}")
    }
}

impl<K: Connector> Connects<K> for Paper {
    fn lower(connector: K) -> Box<dyn Connector> {
        Box::new(connector)
    }
}

network! {
    struct Every {
        p: f64,
    }
    simulator sim: Paper { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 3];
    population inh on sim: [IfCondExp; 3];
    let timing = SpikePairRule { tau_plus: 15.0ms, .. };

    projection short = exc -> exc: AllToAll, TsodyksMarkramSynapse {
        weight: 1.0nA, delay: 1.0ms, U: 0.25, tau_rec: 100.0ms, ..
    };
    projection varied = exc -> inh: AllToAll, TsodyksMarkramSynapse {
        weight: |i, j| 0.1uS * (i as f64 - j as f64).abs(),
        U: |i, j| 0.02 * (i as f64 - j as f64).abs() + 0.1,
        tau_rec: Uniform { low: 50.0ms, high: 100.0ms },
        tau_facil: [1.0ms; 9],
        ..
    };
    projection defaults = exc -> inh.inhibitory: AllToAll, TsodyksMarkramSynapse;
    projection chance = exc -> exc: AllToAll, SimpleStochasticSynapse { p, weight: 0.1nA, .. };
    projection site = exc -> exc: AllToAll, StochasticTsodyksMarkramSynapse { U: 0.2, .. };
    projection sites = exc -> exc: AllToAll, MultiQuantalSynapse { n: 5, U: 0.2, weight: 0.1nA, .. };
    projection pairs = exc -> exc: AllToAll, StdpMechanism {
        timing: SpikePairRule { tau_plus: 20.0ms, A_minus: 0.012, .. },
        weight_dependence: MultiplicativeWeightDependence { w_max: 0.1nA, .. },
        weight: Uniform { low: 0.0nA, high: 0.1nA },
        delay: 1.0ms,
        ..
    };
    projection held = exc -> inh: AllToAll, sim::StdpMechanism {
        timing: Vogels2011Rule { eta: 1e-4, rho: 5.0Hz, .. },
        weight: 0.01uS,
        ..
    };
    projection named = exc -> inh: AllToAll, StdpMechanism { timing, weight: 0.01uS, delay: 1.0ms, .. };
    projection plain = exc -> inh: AllToAll, StdpMechanism;
    projection gap = inh -> inh: OneToOne, ElectricalSynapse { weight: 0.1nS };
}

fn spec<'n>(network: &'n Network, name: &str) -> &'n ProjectionSpec {
    network.projections().iter().find(|spec| &*spec.name == name).expect("it was declared")
}

fn constants(network: &Network, name: &str) -> Vec<f64> {
    let parameters = spec(network, name).values.parameters.iter();
    parameters.map(|column| column.constant().expect("one for all")).collect()
}

#[test]
fn parameters_are_given_as_weights_are() {
    let every = Every::build(0.3).expect("a sound network");
    let network = every.network();
    assert_eq!(constants(network, "short"), [0.25, 100.0, 0.0]);
    assert_eq!(constants(network, "defaults"), [0.5, 100.0, 0.0]);
    assert_eq!(constants(network, "chance"), [0.3]);
    assert_eq!(constants(network, "site"), [0.2, 100.0, 0.0]);
    assert_eq!(constants(network, "sites"), [0.2, 800.0, 0.0]);
    let [SynapseColumn::Function(u), SynapseColumn::Random(_), SynapseColumn::List(tau_facil)] =
        &spec(network, "varied").values.parameters[..]
    else {
        panic!("other columns")
    };
    assert_eq!((u(0, 2), u(1, 1), &tau_facil[..]), (0.02 * 2.0 + 0.1, 0.1, &[1.0; 9][..]));
}

#[test]
fn backends_see_the_constants_of_rules() {
    let every = Every::build(0.3).expect("a sound network");
    let network = every.network();
    let lowered = |name| spec(network, name).synapse::<Paper>();
    assert!(lowered("sites").contains("n: 5"), "{}", lowered("sites"));
    for part in ["tau_plus: 20 ms", "A_minus: 0.012", "Multiplicative", "w_max: 0.1", "fraction: 1.0"] {
        assert!(lowered("pairs").contains(part), "{}", lowered("pairs"));
    }
    assert!(lowered("held").contains("eta: 0.0001, rho: 5 Hz"), "{}", lowered("held"));
    assert!(lowered("named").contains("tau_plus: 15 ms"), "{}", lowered("named"));
    assert_eq!(spec(network, "gap").values.weight.constant(), Some(1e-4));
    assert_eq!(spec(network, "plain").family.weight_limits(), Some((0.0, 1.0)));
}

#[test]
fn descriptions_that_differ_in_a_rule_have_different_digests() {
    let digest = |p| Every::build(p).expect("a sound network").network().digest();
    assert_eq!(digest(0.3), digest(0.3));
    assert_ne!(digest(0.3), digest(0.4));
    let rule = |tau_plus| {
        network! {
            struct Rule { tau_plus: Time }
            simulator sim: Paper {};
            population exc on sim: [IfCurrExp; 3];
            projection exc -> exc: AllToAll, StdpMechanism { timing: SpikePairRule { tau_plus, .. }, .. };
        }
        Rule::build(tau_plus).expect("a sound network").network().digest()
    };
    assert_ne!(rule(10.0 * ms), rule(11.0 * ms));
}

#[test]
fn what_makes_no_sense_is_named_with_projection_and_parameter() {
    network! {
        struct Wrong {}
        simulator sim: Paper {};
        population exc on sim: [IfCurrExp; 3];
        projection high = exc -> exc: AllToAll, TsodyksMarkramSynapse { U: [1.5; 9], tau_rec: 0.0ms, .. };
        projection short = exc -> exc: AllToAll, SimpleStochasticSynapse { p: [0.5, 0.5], .. };
        projection none = exc -> exc: AllToAll, MultiQuantalSynapse { n: 0, .. };
        projection far = exc -> exc: AllToAll, StdpMechanism {
            weight: 2.0nA,
            timing: SpikePairRule { tau_minus: 0.0ms, .. },
            ..
        };
        projection turned = exc -> exc: AllToAll, StdpMechanism {
            weight_dependence: AdditiveWeightDependence { w_max: -1.0nA, .. },
            dendritic_delay_fraction: 0.5,
            ..
        };
    }
    let error = Wrong::build().err().expect("many mistakes").to_string();
    for part in [
        "projection `high`: U of TsodyksMarkramSynapse is 1.5, but must be between 0 and 1",
        "projection `high`: tau_rec of TsodyksMarkramSynapse is 0 ms, but must be positive",
        "projection `short`: 2 values of p are listed for 9 connections",
        "projection `none`: n of MultiQuantalSynapse is 0, but must be 1 to 65535",
        "projection `far`: a weight of 2 nA: weights must lie between w_min, 0, and w_max, 1",
        "projection `far`: tau_minus of SpikePairRule is 0 ms, but must be positive",
        "projection `turned`: w_min is 0 and w_max is -1, but w_min must be below w_max",
    ] {
        assert!(error.contains(part), "{part} is not in:\n{error}");
    }
}

/// A rectifying gap junction: its weights are conductances whatever the receptors of its targets take.
#[derive(Debug)]
struct Rectifying<W = Conductance> {
    weight: W,
}

impl<W> pynn::synapse::WeightUnit<W> for Rectifying {
    type Unit = Conductance;
}

impl<W> pynn::synapse::SynapseDefaults<W> for Rectifying {
    type Full = Rectifying<pynn::values::SynapseValues<Conductance>>;
}

impl<W: pynn::synapse::SynapseDefault> Default for Rectifying<W> {
    fn default() -> Self {
        Self { weight: W::of(0.25) }
    }
}

impl<W, V: pynn::values::IntoSynapseValues<Conductance>> pynn::synapse::SynapseType<W> for Rectifying<V> {
    type Family = Rectifying;
    fn into_parts(self) -> (Rectifying, pynn::synapse::SynapseColumns) {
        let weight = self.weight.into_synapse_values().into_column();
        let delay = SynapseColumn::Constant(0.0);
        (Rectifying::default(), pynn::synapse::SynapseColumns { weight, delay, parameters: Vec::new() })
    }
}

impl pynn::synapse::SynapseFamily for Rectifying {
    fn info(&self) -> &'static pynn::synapse::SynapseInfo {
        static INFO: pynn::synapse::SynapseInfo =
            pynn::synapse::SynapseInfo { name: "Rectifying", parameters: &[], carries_spikes: false };
        &INFO
    }
}

network! {
    struct Own {}
    simulator sim: Paper {};
    population curr on sim: [IfCurrExp; 3];
    population cond on sim: [IfCondExp; 3];
    projection constant = curr -> curr: OneToOne, Rectifying { weight: 2.0nS };
    projection computed = cond -> curr: OneToOne, Rectifying { weight: |i, j| 1.0nS * (i + 2 * j) as f64 };
    projection default = curr -> cond: OneToOne, Rectifying;
    projection gap = curr -> curr: OneToOne, ElectricalSynapse { weight: |i, j| 1.0nS * (i + 2 * j) as f64 };
}

#[test]
fn a_synapse_type_says_itself_in_which_unit_its_weights_are() {
    let net = Own::build().unwrap();
    let weight =
        |projection: &Projection| net.network().projections()[projection.id().0].values.weight.clone();
    assert_eq!(weight(&net.constant).constant(), Some(0.002));
    assert_eq!(weight(&net.default).constant(), Some(0.25));
    for projection in [&net.computed, &net.gap] {
        let SynapseColumn::Function(computed) = weight(projection) else { panic!("a closure") };
        assert_eq!(computed(1, 2), 0.005);
    }
}
