"""The benchmark networks on NEST 3, to be measured beside `cargo xtask bench`.

    python nest_bench.py brunel|cuba|coba|hh|microcircuit [--threads N] [--seed K] [--scale S] [--seconds T]

Prints one JSON line whose fields are called as those of `cargo xtask bench`. Time step 0.1 ms; all spikes of all cells are
recorded. Units are NEST's: ms, mV, pF, pA, nS, Hz.
"""

import argparse
import json
import math
import resource
import time

STEP = 0.1


class Brunel:
    """Brunel 2000, doi 10.1023/A:1008925309027: 10 000 E and 2 500 I cells, in-degrees 1 000 and 250."""

    warm_up = 100.0

    def __init__(self, nest, scale):
        excitatory, inhibitory = round(10_000 * scale), round(2_500 * scale)
        tau_m, tau_s, c_m, threshold = 20.0, 0.5, 250.0, 20.0
        # The weight that makes a potential of 0.1 mV at its peak.
        peak = math.log(tau_m / tau_s) * tau_m * tau_s / (tau_m - tau_s)
        per_pa = tau_m * tau_s / (tau_m - tau_s) / c_m * (math.exp(-peak / tau_m) - math.exp(-peak / tau_s))
        weight = 0.1 / per_pa
        # Twice the rate that brings the mean potential to threshold.
        rate = 2 * 1000.0 * threshold * c_m / (weight * tau_m * tau_s)
        cells = nest.Create("iaf_psc_exp", excitatory + inhibitory, {
            "C_m": c_m, "tau_m": tau_m, "tau_syn_ex": tau_s, "tau_syn_in": tau_s, "t_ref": 2.0, "E_L": 0.0,
            "V_reset": 0.0, "V_th": threshold, "V_m": nest.random.uniform(0.0, threshold),
        })
        noise = nest.Create("poisson_generator", params={"rate": rate})
        nest.Connect(noise, cells, syn_spec={"weight": weight, "delay": 1.5})
        for sources, share, strength in ((cells[:excitatory], 0.1, weight), (cells[excitatory:], 0.1, -5 * weight)):
            rule = {"rule": "fixed_indegree", "indegree": round(share * len(sources))}
            nest.Connect(sources, cells, rule, {"weight": strength, "delay": 1.5})
        self.populations = [cells]


class VogelsAbbott:
    """Vogels & Abbott 2005, doi 10.1523/JNEUROSCI.3508-05.2005: 4 000 cells, each pair connected with p = 0.02."""

    warm_up = 0.0
    membrane = {"C_m": 200.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0}
    fires = {"t_ref": 5.0, "V_reset": -60.0, "V_th": -50.0}

    def connect(self, nest, cells, weights):
        for sources, weight in zip((cells[:3200], cells[3200:]), weights):
            nest.Connect(sources, cells, {"rule": "pairwise_bernoulli", "p": 0.02}, {"weight": weight, "delay": 0.2})
        self.populations = [cells]

    def kick(self, nest, cells):
        """20 trains of 100 Hz for 50 ms start the activity."""
        trains = nest.Create("poisson_generator", 20, {"rate": 100.0, "stop": 50.0})
        relays = nest.Create("parrot_neuron", 20)
        nest.Connect(trains, relays, "one_to_one", {"delay": STEP})
        nest.Connect(relays, cells, {"rule": "pairwise_bernoulli", "p": 0.01}, {"weight": 100.0, "delay": 0.2})


class Cuba(VogelsAbbott):
    def __init__(self, nest, _):
        own = {"tau_m": 20.0, "E_L": -49.0, "V_m": nest.random.uniform(-60.0, -50.0)}
        cells = nest.Create("iaf_psc_exp", 4000, self.membrane | self.fires | own)
        self.connect(nest, cells, (16.2, -90.0))


class Coba(VogelsAbbott):
    def __init__(self, nest, _):
        own = {"g_L": 10.0, "E_L": -60.0, "E_ex": 0.0, "E_in": -80.0, "V_m": nest.random.uniform(-60.0, -50.0)}
        cells = nest.Create("iaf_cond_exp", 4000, self.membrane | self.fires | own)
        self.connect(nest, cells, (4.0, -51.0))
        self.kick(nest, cells)


class Hh(VogelsAbbott):
    def __init__(self, nest, _):
        own = {
            "g_Na": 20_000.0, "g_K": 6_000.0, "g_L": 10.0, "E_Na": 50.0, "E_K": -90.0, "E_L": -60.0, "V_T": -63.0,
            "E_ex": 0.0, "E_in": -80.0, "V_m": nest.random.normal(-65.0, 5.0),
        }
        cells = nest.Create("hh_cond_exp_traub", 4000, self.membrane | own)
        self.connect(nest, cells, (6.0, -67.0))
        self.kick(nest, cells)


class Microcircuit:
    """Potjans & Diesmann 2014, doi 10.1093/cercor/bhs358, with cells and inputs of a cell scaled alike."""

    # L2/3E, L2/3I, L4E, L4I, L5E, L5I, L6E, L6I
    sizes = (20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948)
    inputs = (1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100)
    rates = (0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829)
    potentials = ((-68.28, 5.36), (-63.16, 4.57), (-63.33, 4.74), (-63.45, 4.94), (-63.11, 4.94), (-61.66, 4.55),
                  (-66.72, 5.46), (-61.43, 4.48))
    # By target, then source.
    probabilities = (
        (0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0),
        (0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0),
        (0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0),
        (0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0),
        (0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0),
        (0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0),
        (0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252),
        (0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443),
    )
    weight, tau_s, drive = 87.8, 0.5, 8.0

    def __init__(self, nest, scale):
        self.warm_up = 500.0 if scale < 1.0 else 100.0
        root = math.sqrt(scale)
        self.populations = [self.population(nest, number, scale, root) for number in range(8)]
        # NEST holds at most 2^27 - 2 connections of one synapse model in a thread.
        for model in ("excitatory_synapse", "inhibitory_synapse"):
            nest.CopyModel("static_synapse", model)
        for target in range(8):
            for source in range(8):
                if self.probabilities[target][source] > 0.0:
                    self.project(nest, source, target, scale, root)

    def indegree(self, source, target):
        """Mean inputs of a cell at full scale, of sources drawn with replacement."""
        pairs = float(self.sizes[source] * self.sizes[target])
        total = math.log(1 - self.probabilities[target][source]) / math.log((pairs - 1) / pairs)
        return total / self.sizes[target]

    def mean_weight(self, source, target):
        return self.weight * (-4.0 if source % 2 else 2.0 if (source, target) == (2, 0) else 1.0)

    def population(self, nest, number, scale, root):
        lost = self.weight * self.inputs[number] * self.drive
        for source in range(8):
            if self.probabilities[number][source] > 0.0:
                weight = self.mean_weight(source, number)
                lost += weight * self.indegree(source, number) * self.rates[source]
        cells = nest.Create("iaf_psc_exp", round(self.sizes[number] * scale), {
            "C_m": 250.0, "tau_m": 10.0, "tau_syn_ex": self.tau_s, "tau_syn_in": self.tau_s, "t_ref": 2.0,
            "E_L": -65.0, "V_th": -50.0, "V_reset": -65.0, "V_m": nest.random.normal(*self.potentials[number]),
            "I_e": 1e-3 * self.tau_s * (1 - root) * lost,
        })
        noise = nest.Create("poisson_generator", params={"rate": self.drive * self.inputs[number] * scale})
        nest.Connect(noise, cells, syn_spec={"weight": self.weight / root, "delay": 1.5})
        return cells

    def project(self, nest, source, target, scale, root):
        inhibits = source % 2 == 1
        weight = self.mean_weight(source, target) / root
        spread = abs(weight) * (0.05 if (source, target) == (2, 0) else 0.1)
        bounds = {"min": -math.inf, "max": 0.0} if inhibits else {"min": 0.0, "max": math.inf}
        delay = 0.75 if inhibits else 1.5
        number = self.indegree(source, target) * scale * len(self.populations[target])
        nest.Connect(
            self.populations[source], self.populations[target], {"rule": "fixed_total_number", "N": round(number)}, {
                "synapse_model": "inhibitory_synapse" if inhibits else "excitatory_synapse",
                "weight": nest.math.redraw(nest.random.normal(weight, spread), **bounds),
                "delay": nest.math.redraw(nest.random.normal(delay, delay / 2), min=STEP / 2, max=math.inf),
            })


NETWORKS = {"brunel": Brunel, "cuba": Cuba, "coba": Coba, "hh": Hh, "microcircuit": Microcircuit}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", choices=NETWORKS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float)
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    scale = options.scale or (0.1 if options.bench == "microcircuit" else 1.0)

    import nest

    if hasattr(nest, "VerbosityLevel"):
        nest.verbosity = nest.VerbosityLevel.ERROR
    else:
        nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.SetKernelStatus({"resolution": STEP, "local_num_threads": options.threads, "rng_seed": options.seed})
    begun = time.perf_counter()
    network = NETWORKS[options.bench](nest, scale)
    recorders = [nest.Create("spike_recorder") for _ in network.populations]
    for population, recorder in zip(network.populations, recorders):
        nest.Connect(population, recorder)
    nest.Prepare()
    build = time.perf_counter() - begun
    if network.warm_up:
        nest.Run(network.warm_up)
    before = [recorder.n_events for recorder in recorders]
    begun = time.perf_counter()
    nest.Run(1000.0 * options.seconds)
    seconds = time.perf_counter() - begun
    nest.Cleanup()
    spikes = [recorder.n_events - earlier for recorder, earlier in zip(recorders, before)]
    cells = [len(population) for population in network.populations]
    print(json.dumps({
        "bench": options.bench, "backend": f"NEST {nest.__version__}", "threads": options.threads, "scale": scale,
        "seed": options.seed, "build_s": round(build, 4), "sim_s": round(seconds, 4), "seconds": options.seconds,
        "spikes": sum(spikes), "rate_hz": round(sum(spikes) / sum(cells) / options.seconds, 4),
        "rates_hz": [round(n / size / options.seconds, 4) for n, size in zip(spikes, cells)],
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }))


if __name__ == "__main__":
    main()
