//! Generalised integrate-and-fire cells.

use pynn_core::error::Result;
use pynn_core::point_neuron::Response;
use pynn_core::random::{Key, philox};

use super::composed::{Receptors, blocks};
use super::{Table, with_block};
use crate::kernels::gif;
use crate::model::{CellKernel, Cells, Setup};

const NAMES: [&str; 21] = [
    "v_rest",
    "cm",
    "tau_m",
    "tau_refrac",
    "v_reset",
    "i_offset",
    "delta_v",
    "v_t_star",
    "lambda0",
    "tau_eta1",
    "tau_eta2",
    "tau_eta3",
    "tau_gamma1",
    "tau_gamma2",
    "tau_gamma3",
    "a_eta1",
    "a_eta2",
    "a_eta3",
    "a_gamma1",
    "a_gamma2",
    "a_gamma3",
];

fn parameters(values: [f64; 21]) -> gif::Parameters {
    let [v_rest, cm, tau_m, tau_refrac, v_reset, i_offset, delta_v, v_t_star, lambda0, parts @ ..] = values;
    let three = |first: usize| std::array::from_fn(|k| parts[first + k]);
    gif::Parameters {
        v_rest,
        cm,
        tau_m,
        tau_refrac,
        v_reset,
        i_offset,
        delta_v,
        v_t_star,
        lambda0,
        tau_eta: three(0),
        tau_gamma: three(3),
        a_eta: three(6),
        a_gamma: three(9),
    }
}

/// Kernel of [`pynn_core::cells::GifCondExp`]; see [`gif`].
#[derive(Debug)]
pub struct GifCondExp {
    membrane: Table<{ gif::K }, { gif::CURRENT }>,
    receptors: Receptors,
    threshold: Vec<f64>,
    key: Key,
    first_gid: u32,
    /// The random words of the four steps of a block, and the number of the block.
    words: [Vec<u32>; 4],
    block: Option<u32>,
}

impl GifCondExp {
    /// Draws the words of `step`, if they are not yet drawn.
    fn draw(&mut self, step: u32) {
        let block = step / 4;
        if self.block == Some(block) {
            return;
        }
        self.block = Some(block);
        for (cell, gid) in (self.first_gid..).take(self.words[0].len()).enumerate() {
            let words = philox([gid, block, 0, 0], self.key.words());
            self.words.iter_mut().zip(words).for_each(|(column, word)| column[cell] = word);
        }
    }
}

impl CellKernel for GifCondExp {
    const STATE: &'static [&'static str] = &[
        "v",
        "refractory",
        "i_eta",
        "v_t",
        "eta1",
        "eta2",
        "eta3",
        "gamma1",
        "gamma2",
        "gamma3",
        "gsyn_exc",
        "gsyn_inh",
    ];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let h = setup.timestep();
        let responses = [
            Response::CondExp { tau_syn: "tau_syn_E", e_syn: "e_rev_E" },
            Response::CondExp { tau_syn: "tau_syn_I", e_syn: "e_rev_I" },
        ];
        Ok(Self {
            membrane: Table::new(setup, NAMES, |values| gif::coefficients(&parameters(values), h))?,
            receptors: Receptors::new(setup, &responses, 10, h)?,
            threshold: setup.parameter("v_t_star")?,
            key: setup.key(),
            first_gid: setup.population().first_gid(),
            words: std::array::from_fn(|_| vec![0; setup.size()]),
            block: None,
        })
    }

    fn start(&self, state: &mut [Vec<f64>]) {
        state[3].copy_from_slice(&self.threshold);
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.membrane.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        self.draw(cells.step);
        let words = &self.words[(cells.step % 4) as usize];
        for block in blocks(cells.fired.len()) {
            let effect = self.receptors.advance(cells.state, &block);
            let mut columns = cells.state.iter_mut();
            let [v, refractory, i_eta, v_t, eta1, eta2, eta3, gamma1, gamma2, gamma3] =
                std::array::from_fn(|_| {
                    let column = columns.next().map_or(&mut [][..], Vec::as_mut_slice);
                    &mut column[block.clone()]
                });
            let (words, fired) = (&words[block.clone()], &mut cells.fired[block.clone()]);
            with_block!(&self.membrane, &block, |c| gif::step(
                c, effect, v, refractory, i_eta, v_t, eta1, eta2, eta3, gamma1, gamma2, gamma3, words, fired
            ));
        }
        self.receptors.arrive(cells.state, cells.inputs);
    }
}
