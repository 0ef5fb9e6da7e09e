//! Measures the exchange of spikes between two ranks.
