//! Benchmarks of pynn.
