//! Pictures: a [`Figure`] of stacked panels, saved as PNG or SVG.
//!
//! ```no_run
//! use pynn_core::prelude::*;
//! # use pynn_core::recording::{SpikeData, TraceData};
//! use pynn_data::{Figure, RateBars, Raster, Rates, Traces};
//!
//! # let (exc, inh, v) = (SpikeData::default(), SpikeData::default(), TraceData::default());
//! Figure::new("Two simulators")
//!     .panel(Raster::of([&exc, &inh]))
//!     .panel(Traces::of(&v).cells([0, 1]))
//!     .panel(Rates::of([&exc, &inh]).bin(5.0 * ms))
//!     .panel(RateBars::of([&exc, &inh]))
//!     .save("two_simulators.png")?;
//! # Ok::<(), Error>(())
//! ```
//!
//! Panels of time share one axis. A population has the same colour in all panels, one that the colour-blind tell from
//! the others. Names stand to the right of the data, never on it; long ones are shortened.
//!
//! # Much data
//! A raster of up to 20 000 visible spikes has a mark for each: a stroke where cells have room, else a dot whose size
//! follows the density. Above that the panel is cut into squares of half a pixel, whose opacity grows with the spikes in
//! them: millions of spikes stay a picture of at most some MB in which denser times are darker. Traces with many samples
//! are thinned to the lowest and highest of each half pixel, so no peak is lost.

mod axis;
mod bars;
mod canvas;
mod density;
mod figure;
mod frame;
mod palette;
mod png;
mod raster;
mod rates;
mod svg;
mod text;
mod thin;
mod traces;

pub use bars::RateBars;
pub use figure::Figure;
pub use frame::Panel;
pub use raster::Raster;
pub use rates::Rates;
pub use traces::Traces;
