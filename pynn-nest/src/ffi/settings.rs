//! Parameters on their way to NEST.

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
    Number = 0,
    /// A list of numbers.
    Numbers = 3,
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
