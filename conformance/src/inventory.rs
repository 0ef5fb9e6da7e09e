//! What there is, and which backend has it: asked of the compiler, so that it cannot be out of date.

use std::marker::PhantomData;

use pynn::backend::{Connects, Injects, Records, Simulates, Transmits};
use pynn::prelude::*;

use crate::scenarios::composed::*;

/// Something a backend has or has not.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Its name, as one writes it.
    pub name: &'static str,
    /// PyNN's name.
    pub pynn: &'static str,
    /// Whether the compiler accepts it, on each of [`Backends::ALL`](crate::Backends::ALL).
    pub available: [bool; 3],
}

/// Items of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What they are, as a heading.
    pub name: &'static str,
    /// The items.
    pub items: &'static [Item],
}

/// Asks whether `B` has capability `T`: an inherent constant, which exists where it has, hides the trait's.
struct Ask<B, T>(PhantomData<(B, T)>);

trait Otherwise {
    const HAS: bool = false;
}

impl<B, T> Otherwise for Ask<B, T> {}

struct Cell<T>(PhantomData<T>);
struct Synapse<T>(PhantomData<T>);
struct By<T>(PhantomData<T>);
struct Into<T>(PhantomData<T>);
struct Seen<T>(PhantomData<T>);

impl<B: Simulates<T>, T> Ask<B, Cell<T>> {
    const HAS: bool = true;
}

impl<B: Transmits<T>, T> Ask<B, Synapse<T>> {
    const HAS: bool = true;
}

impl<B: Connects<T>, T> Ask<B, By<T>> {
    const HAS: bool = true;
}

impl<B: Injects<T>, T> Ask<B, Into<T>> {
    const HAS: bool = true;
}

impl<B: Records<T>, T> Ask<B, Seen<T>> {
    const HAS: bool = true;
}

macro_rules! kinds {
    ($($heading:literal $wrap:ident { $($name:ident = $ty:ty, $pynn:literal;)* })*) => {
        /// All kinds of items.
        pub const KINDS: &[Kind] = &[$(Kind {
            name: $heading,
            items: &[$(Item {
                name: stringify!($name),
                pynn: $pynn,
                available: [Ask::<Native, $wrap<$ty>>::HAS, Ask::<Nest, $wrap<$ty>>::HAS, Ask::<Neuron, $wrap<$ty>>::HAS],
            }),*],
        }),*];
    };
}

kinds! {
    "Cells" Cell {
        IfCurrExp = IfCurrExp, "IF_curr_exp";
        IfCurrAlpha = IfCurrAlpha, "IF_curr_alpha";
        IfCurrDelta = IfCurrDelta, "IF_curr_delta";
        IfCondExp = IfCondExp, "IF_cond_exp";
        IfCondAlpha = IfCondAlpha, "IF_cond_alpha";
        IfCondExpGsfaGrr = IfCondExpGsfaGrr, "IF_cond_exp_gsfa_grr";
        IfFacetsHardware1 = IfFacetsHardware1, "IF_facets_hardware1";
        HhCondExp = HhCondExp, "HH_cond_exp";
        EifCondExpIsfaIsta = EifCondExpIsfaIsta, "EIF_cond_exp_isfa_ista";
        EifCondAlphaIsfaIsta = EifCondAlphaIsfaIsta, "EIF_cond_alpha_isfa_ista";
        Izhikevich = Izhikevich, "Izhikevich";
        GifCondExp = GifCondExp, "GIF_cond_exp";
    }
    "Cells by point_neuron!" Cell {
        LifCurrExp = LifCurrExp, "PointNeuron(LIF, CurrExp..)";
        LifCondExp = LifCondExp, "PointNeuron(LIF, CondExp, CondExp)";
        LifManyCondExp = LifManyCondExp, "PointNeuron(LIF, CondExp..)";
        LifCondAlpha = LifCondAlpha, "PointNeuron(LIF, CondAlpha..)";
        LifCondBeta = LifCondBeta, "PointNeuron(LIF, CondAlpha.., CondBeta..)";
        LifMixed = LifMixed, "PointNeuron(LIF, ..)";
        AdExpCondExp = AdExpCondExp, "PointNeuron(AdExp, CondExp, CondExp)";
        AdExpCondAlpha = AdExpCondAlpha, "PointNeuron(AdExp, CondAlpha..)";
        AdExpCondBeta = AdExpCondBeta, "PointNeuron(AdExp, CondBeta..)";
        AdExpMixed = AdExpMixed, "PointNeuron(AdExp, ..)";
    }
    "Spike sources" Cell {
        SpikeSourceArray = SpikeSourceArray, "SpikeSourceArray";
        SpikeSourcePoisson = SpikeSourcePoisson, "SpikeSourcePoisson";
        SpikeSourcePoissonRefractory = SpikeSourcePoissonRefractory, "SpikeSourcePoissonRefractory";
        SpikeSourceGamma = SpikeSourceGamma, "SpikeSourceGamma";
        SpikeSourceInhGamma = SpikeSourceInhGamma, "SpikeSourceInhGamma";
    }
    "Synapses" Synapse {
        StaticSynapse = StaticSynapse, "StaticSynapse";
        TsodyksMarkramSynapse = TsodyksMarkramSynapse, "TsodyksMarkramSynapse";
        SimpleStochasticSynapse = SimpleStochasticSynapse, "SimpleStochasticSynapse";
        StochasticTsodyksMarkramSynapse = StochasticTsodyksMarkramSynapse, "StochasticTsodyksMarkramSynapse";
        MultiQuantalSynapse = MultiQuantalSynapse, "MultiQuantalSynapse";
        ElectricalSynapse = ElectricalSynapse, "ElectricalSynapse";
    }
    "Parts of StdpMechanism" Synapse {
        SpikePairRule = StdpMechanism<SpikePairRule>, "SpikePairRule";
        Vogels2011Rule = StdpMechanism<Vogels2011Rule>, "Vogels2011Rule";
        AdditiveWeightDependence = StdpMechanism<SpikePairRule, AdditiveWeightDependence>, "AdditiveWeightDependence";
        MultiplicativeWeightDependence = StdpMechanism<SpikePairRule, MultiplicativeWeightDependence>, "MultiplicativeWeightDependence";
        AdditivePotentiationMultiplicativeDepression = StdpMechanism<SpikePairRule, AdditivePotentiationMultiplicativeDepression>, "AdditivePotentiationMultiplicativeDepression";
        GutigWeightDependence = StdpMechanism<SpikePairRule, GutigWeightDependence>, "GutigWeightDependence";
    }
    "Connectors" By {
        AllToAll = AllToAll, "AllToAllConnector";
        OneToOne = OneToOne, "OneToOneConnector";
        FixedProbability = FixedProbability, "FixedProbabilityConnector";
        FixedNumberPre = FixedNumberPre, "FixedNumberPreConnector";
        FixedNumberPost = FixedNumberPost, "FixedNumberPostConnector";
        FixedTotalNumber = FixedTotalNumber, "FixedTotalNumberConnector";
        FromList = FromList, "FromListConnector";
        FromFile = FromFile, "FromFileConnector";
        DistanceDependentProbability = DistanceDependentProbability, "DistanceDependentProbabilityConnector";
        DisplacementDependentProbability = DisplacementDependentProbability, "DisplacementDependentProbabilityConnector";
        IndexBasedProbability = IndexBasedProbability, "IndexBasedProbabilityConnector";
        Array = Array, "ArrayConnector";
        CloneConnections = CloneConnections, "CloneConnector";
        SmallWorld = SmallWorld, "SmallWorldConnector";
        AllToAllNoMutual = AllToAllNoMutual, "AllToAllConnector('NoMutual')";
    }
    "Current sources" Into {
        DcSource = DcSource, "DCSource";
        AcSource = AcSource, "ACSource";
        StepCurrentSource = StepCurrentSource, "StepCurrentSource";
        NoisyCurrentSource = NoisyCurrentSource, "NoisyCurrentSource";
    }
    "Recorded" Seen {
        spikes = observable::Spikes, "spikes";
        v = observable::MembranePotential, "v";
        gsyn_exc = observable::GsynExc, "gsyn_exc";
        gsyn_inh = observable::GsynInh, "gsyn_inh";
        m = observable::GateM, "m";
        h = observable::GateH, "h";
        n = observable::GateN, "n";
        w = observable::AdaptationCurrent, "w";
        u = observable::RecoveryVariable, "u";
        g_s = observable::AdaptationConductance, "g_s";
        g_r = observable::RefractoryConductance, "g_r";
        i_eta = observable::SpikeTriggeredCurrent, "i_eta";
        v_t = observable::MovingThreshold, "v_t";
        gsyn = observable::SynapticConductance, "AMPA.gsyn";
        isyn = observable::SynapticCurrent, "AMPA.isyn";
    }
}

/// What all backends have alike because it is not theirs.
pub const EVERYWHERE: &[(&str, &str)] = &[
    ("initial", "initial values: constant, listed, computed, drawn"),
    ("vary", "parameters that differ from cell to cell"),
    ("slices", "projections between ranges of cells"),
    ("views", "views of populations as ends of projections"),
    ("assemblies", "assemblies of populations as ends of projections"),
    ("positions", "positions of cells, and values and connections that depend on the distance"),
    ("Uniform", "values drawn from a distribution"),
    (
        "distributions",
        "PyNN's other distributions: normal, clipped, lognormal, exponential, gamma, von Mises, integers",
    ),
    ("run_until", "runs that add up"),
    ("set_electrode", "electrodes that change between runs"),
    ("reset", "back to time 0"),
    ("every", "samples at an interval"),
    ("record", "recordings of views and assemblies"),
    ("set", "parameters and spike times that are set between runs"),
    ("initialize", "states that are shown and set between runs"),
    ("weights", "weights that are read, and set between runs"),
    ("delays", "delays that are read, and set at time 0; by the native engine between any runs"),
    ("callbacks", "callbacks while running"),
];
