//! The native engine of pynn.
