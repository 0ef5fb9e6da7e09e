//! A backend of a user that can do little, and a synapse type that no backend knows.
#![allow(dead_code)]
use pynn::backend::{Lowered, Part, Simulator};
use pynn::connector::Connector;
use pynn::prelude::*;
use pynn::synapse::{SynapseColumns, SynapseFamily, SynapseInfo, SynapseType, WeightUnit};
use pynn::values::IntoSynapseValues;

/// Has `IfCurrExp`, `AllToAll`, `StaticSynapse`, spikes.
pub struct Small;

impl Backend for Small {
    const NAME: &'static str = "small";
    type Model = ();
    type Synapse = ();
    fn instantiate(_: &Part<'_>) -> Result<Box<dyn Simulator>> {
        Err(Error::new(ErrorKind::Simulator, "nothing to run"))
    }
}

impl Simulates<IfCurrExp> for Small {
    fn lower(_: &IfCurrExp) -> Lowered<()> {
        Lowered::Model(())
    }
}

impl Connects<AllToAll> for Small {
    fn lower(connector: AllToAll) -> Box<dyn Connector> {
        Box::new(connector)
    }
}

impl Transmits<StaticSynapse> for Small {
    fn lower(_: &StaticSynapse) {}
}

impl Records<observable::Spikes> for Small {}

#[derive(Debug, Default)]
pub struct Fancy<W = Current> {
    pub weight: W,
}

impl<W: pynn::units::Unit, V: IntoSynapseValues<W>> SynapseType<W> for Fancy<V> {
    type Family = Fancy;
    fn into_parts(self) -> (Fancy, SynapseColumns) {
        (Fancy::default(), StaticSynapse { weight: self.weight, delay: 1.0 * ms }.into_parts().1)
    }
}

impl<W: pynn::units::Unit> WeightUnit<W> for Fancy {
    type Unit = W;
}

impl SynapseFamily for Fancy {
    fn info(&self) -> &'static SynapseInfo {
        static INFO: SynapseInfo = SynapseInfo { name: "Fancy", parameters: &[], carries_spikes: true };
        &INFO
    }
}
