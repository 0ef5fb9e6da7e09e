//! The network! macro of pynn.
