//! What leaves a run of pynn: CSV files, a table of rates, pictures.
//!
//! | wanted | write |
//! |---|---|
//! | recorded spikes or samples in a file | [`Csv::save_csv`] |
//! | spikes of each cell | [`SpikeCounts`] |
//! | connections in a file, for `FromFile` to connect by again | [`Connections`] |
//! | mean rates, for the terminal or a file | [`RateTable`] |
//! | a picture | `Figure` (with the feature `plot`) |
//!
//! ```
//! use pynn_core::recording::SpikeData;
//! use pynn_data::{Csv, RateTable};
//!
//! let relay = SpikeData {
//!     population: "relay".into(),
//!     size: 2,
//!     stop: 100.0,
//!     times: vec![1.5, 20.0, 99.9],
//!     indices: vec![0, 1, 0],
//!     ..SpikeData::default()
//! };
//! assert_eq!(relay.to_csv().lines().nth(4), Some("1.5,0"));
//!
//! let table = RateTable::of(&relay).to_string();
//! assert!(table.contains("15.00"));
//! # let path = std::env::temp_dir().join("pynn_data_doc_relay.csv");
//! relay.save_csv(&path)?;
//! # std::fs::remove_file(path).ok();
//! # Ok::<(), pynn_core::Error>(())
//! ```

mod connections;
mod csv;
mod file;
mod one_or_many;
mod summary;

#[cfg(feature = "plot")]
pub mod plot;

pub use connections::Connections;
pub use csv::Csv;
pub use one_or_many::OneOrMany;
#[cfg(feature = "plot")]
pub use plot::{Figure, Raster, RateBars, Rates, Traces};
pub use summary::{RateTable, SpikeCounts};
