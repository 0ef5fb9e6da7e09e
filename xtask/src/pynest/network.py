"""The network of `cargo xtask bench pynest` in PyNEST. Prints construction, run and CPU time in s, and the number of spikes."""
import json
import sys
import time

import nest

cells, inputs, indegree, input_degree, weight, input_weight, rate, seconds, seed = (
    float(word) for word in sys.argv[1:])
cells, inputs, indegree, input_degree = (int(n) for n in (cells, inputs, indegree, input_degree))

nest.verbosity = nest.VerbosityLevel.ERROR
nest.resolution = 0.1
nest.rng_seed = int(seed)
begun = time.perf_counter()
neurons = nest.Create("iaf_psc_exp", cells, params={
    "E_L": -65.0, "V_reset": -65.0, "V_th": -50.0, "C_m": 250.0, "tau_m": 10.0, "t_ref": 2.0,
    "tau_syn_ex": 0.5, "tau_syn_in": 0.5, "I_e": 350.0, "V_m": -65.0})
neurons.V_m = nest.random.uniform(-65.0, -50.0)
generator = nest.Create("poisson_generator", params={"rate": rate})
parrots = nest.Create("parrot_neuron", inputs)
recorder = nest.Create("spike_recorder")
nest.Connect(generator, parrots, syn_spec={"delay": 1.0})
nest.Connect(neurons, neurons, {"rule": "fixed_indegree", "indegree": indegree, "allow_multapses": False},
             {"weight": weight, "delay": 1.0})
nest.Connect(parrots, neurons, {"rule": "fixed_indegree", "indegree": input_degree, "allow_multapses": False},
             {"weight": input_weight, "delay": 1.0})
nest.Connect(neurons, recorder)
built = time.perf_counter()
nest.Prepare()
nest.Run(100.0)
before = recorder.n_events
started, cpu = time.perf_counter(), time.process_time()
nest.Run(1000.0 * seconds)
done, cpu = time.perf_counter(), time.process_time() - cpu
print(json.dumps({"build_s": built - begun, "sim_s": done - started, "cpu_s": cpu,
                  "spikes": recorder.n_events - before}))
