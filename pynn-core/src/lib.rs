//! Vocabulary and contracts of pynn: units, cells, synapses, connectors, the network description, the backend traits.
