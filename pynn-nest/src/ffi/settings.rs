//! Parameters on their way to NEST.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char};
use std::marker::PhantomData;

use pynn_core::error::Result;

use super::face::RawSettings;
use super::text;

/// How NEST has a parameter. Numbered as in the shim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A number.
    Number,
    /// A whole number.
    Whole,
    /// True or false, given as 1 or 0.
    Flag,
    /// A list of numbers.
    Numbers,
    /// A list of whole numbers.
    Wholes,
}

impl Kind {
    fn numbered(number: &str) -> Option<Self> {
        let all = [Self::Number, Self::Whole, Self::Flag, Self::Numbers, Self::Wholes];
        all.get(number.parse::<usize>().ok()?).copied()
    }
}

/// What NEST says of a model.
#[derive(Debug, Default)]
pub(crate) struct Description {
    /// Whether it is a neuron, no device.
    pub(crate) is_neuron: bool,
    /// Names of parameters. Some can only be read.
    pub(crate) parameters: BTreeMap<String, Kind>,
    /// Names of recordables.
    pub(crate) recordables: Vec<String>,
}

impl Description {
    /// Reads the shim's lines.
    pub(super) fn new(text: &str) -> Self {
        let mut description = Self::default();
        for line in text.lines() {
            match line.split_once(' ') {
                Some(("parameter", rest)) => {
                    let (kind, name) = rest.split_once(' ').unwrap_or_default();
                    if let Some(kind) = Kind::numbered(kind) {
                        description.parameters.insert(name.to_owned(), kind);
                    }
                }
                Some(("recordable", name)) => description.recordables.push(name.to_owned()),
                Some(("element", name)) => description.is_neuron = name == "neuron",
                _ => {}
            }
        }
        description
    }
}

/// Parameters of nodes: for each parameter its name, its kind and, for each node, as many values as it has.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    keys: Vec<CString>,
    kinds: Vec<u8>,
    lengths: Vec<u64>,
    values: Vec<f64>,
}

/// [`Settings`] as the shim has them.
pub(super) struct Raw<'a> {
    pub(super) settings: RawSettings,
    _keys: Vec<*const c_char>,
    settings_live: PhantomData<&'a Settings>,
}

impl Settings {
    /// One number for one node.
    pub(crate) fn number(key: &str, value: f64) -> Result<Self> {
        let mut settings = Self::default();
        settings.add(key, Kind::Number, 1, [value])?;
        Ok(settings)
    }

    /// Adds parameter `key`: `values` has `length` of them for the first node, then for the second, and so on.
    pub(crate) fn add(
        &mut self,
        key: &str,
        kind: Kind,
        length: usize,
        values: impl IntoIterator<Item = f64>,
    ) -> Result<()> {
        self.keys.push(text(key)?);
        self.kinds.push(kind as u8);
        self.lengths.push(length as u64);
        self.values.extend(values);
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// # Panics
    /// When they are not those of `nodes` nodes.
    pub(super) fn raw(&self, nodes: usize) -> Raw<'_> {
        let values: u64 = self.lengths.iter().sum();
        assert_eq!(values * nodes as u64, self.values.len() as u64, "values for each node");
        let keys: Vec<*const c_char> = self.keys.iter().map(|key| key.as_ptr()).collect();
        let settings = RawSettings {
            count: keys.len() as u64,
            keys: keys.as_ptr(),
            kinds: self.kinds.as_ptr(),
            lengths: self.lengths.as_ptr(),
            values: self.values.as_ptr(),
        };
        Raw { settings, _keys: keys, settings_live: PhantomData }
    }
}
