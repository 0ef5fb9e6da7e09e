//! Cells put together from a membrane and any number of receptors.

use std::ops::Range;

use pynn_core::error::{Error, Result};
use pynn_core::point_neuron::{Membrane, PointNeuron, PostSynapticReceptor, Response};

use super::{Table, with_block, with_coefficients};
use crate::kernels::response::{self, BLOCK, Effect};
use crate::kernels::{adex, lif};
use crate::model::{Cells, Inputs, Setup, Step};

/// How a receptor is advanced; columns by number.
#[derive(Debug)]
enum Dynamics {
    First { table: Table<{ response::FIRST }>, g: usize },
    Second { table: Table<{ response::SECOND }>, g: usize, d: usize, kick: Table<1> },
}

impl Dynamics {
    /// A receptor of a cell whose capacitance is parameter `cm`, whose columns begin at `first`, for (sub)steps of `h` ms.
    fn new(setup: &Setup<'_>, response: Response, first: usize, h: f64) -> Result<Self> {
        let second = |table, kick| Self::Second { table, g: first, d: first + 1, kick };
        match response {
            Response::CurrExp { tau_syn } => {
                let table = Table::new(setup, [tau_syn, "cm"], |[tau, cm]| response::current(tau, cm, h))?;
                Ok(Self::First { table, g: first })
            }
            Response::CondExp { tau_syn, e_syn } => {
                let coefficients = |[tau, e_syn, cm]: [f64; 3]| response::conductance(tau, e_syn, cm, h);
                Ok(Self::First { table: Table::new(setup, [tau_syn, e_syn, "cm"], coefficients)?, g: first })
            }
            Response::CondAlpha { tau_syn, e_syn } => {
                let coefficients =
                    |[tau, e_syn, cm]: [f64; 3]| response::slow_conductance([tau, tau], e_syn, cm, h);
                Ok(second(
                    Table::new(setup, [tau_syn, e_syn, "cm"], coefficients)?,
                    Table::new(setup, [tau_syn], |[tau]| [response::kick([tau, tau])])?,
                ))
            }
            Response::CondBeta { tau_rise, tau_decay, e_syn } => {
                let coefficients = |[rise, decay, e_syn, cm]: [f64; 4]| {
                    response::slow_conductance([rise, decay], e_syn, cm, h)
                };
                Ok(second(
                    Table::new(setup, [tau_rise, tau_decay, e_syn, "cm"], coefficients)?,
                    Table::new(setup, [tau_rise, tau_decay], |taus| [response::kick(taus)])?,
                ))
            }
        }
    }

    fn columns(&self) -> usize {
        match self {
            Self::First { .. } => 1,
            Self::Second { .. } => 2,
        }
    }
}

/// The receptors of the cells of a population on one rank.
#[derive(Debug)]
pub(super) struct Receptors {
    receptors: Vec<Dynamics>,
    effect: Box<Effect>,
}

impl Receptors {
    /// Receptors whose columns of state begin at `first`, for (sub)steps of `h` ms.
    pub(super) fn new(setup: &Setup<'_>, responses: &[Response], first: usize, h: f64) -> Result<Self> {
        let (mut receptors, mut column) = (Vec::with_capacity(responses.len()), first);
        for response in responses {
            let receptor = Dynamics::new(setup, *response, column, h)?;
            column += receptor.columns();
            receptors.push(receptor);
        }
        Ok(Self { receptors, effect: Box::new(Effect::none()) })
    }

    /// Takes the receptors of a block of cells through a (sub)step, and says what they do meanwhile.
    pub(super) fn advance(&mut self, state: &mut [Vec<f64>], block: &Range<usize>) -> &Effect {
        self.effect.clear(block.len());
        for receptor in &self.receptors {
            match receptor {
                Dynamics::First { table, g } => {
                    let g = &mut state[*g][block.clone()];
                    with_block!(table, block, |c| response::first_order(c, &mut self.effect, g));
                }
                Dynamics::Second { table, g, d, .. } => {
                    let (below, above) = state.split_at_mut(*d);
                    let (g, d) = (&mut below[*g][block.clone()], &mut above[0][block.clone()]);
                    with_block!(table, block, |c| response::second_order(c, &mut self.effect, g, d));
                }
            }
        }
        &self.effect
    }

    /// Adds what arrives at the first so many receptors as there are inputs.
    pub(super) fn arrive(&self, state: &mut [Vec<f64>], inputs: Inputs<'_>) {
        for (receptor, input) in self.receptors.iter().zip(inputs.sums()) {
            match receptor {
                Dynamics::First { g, .. } => response::arrive([1.0], &mut state[*g], input),
                Dynamics::Second { d, kick, .. } => {
                    with_coefficients!(kick, |c| response::arrive(c, &mut state[*d], input));
                }
            }
        }
    }
}

/// The blocks of `cells` cells.
pub(super) fn blocks(cells: usize) -> impl Iterator<Item = Range<usize>> {
    (0..cells).step_by(BLOCK).map(move |first| first..cells.min(first + BLOCK))
}

/// A [`lif`] membrane with receptors. Columns: `v`, `refractory`, then those of the receptors.
#[derive(Debug)]
pub(crate) struct Lif {
    membrane: Table<{ lif::K }, { lif::CURRENT }>,
    receptors: Receptors,
}

impl Lif {
    pub(super) const COLUMNS: usize = 2;

    pub(super) fn new(setup: &Setup<'_>, responses: &[Response]) -> Result<Self> {
        let h = setup.timestep();
        let names = ["v_rest", "cm", "tau_m", "tau_refrac", "i_offset", "v_reset", "v_thresh"];
        let coefficients = |[v_rest, cm, tau_m, tau_refrac, i_offset, v_reset, v_thresh]: [f64; 7]| {
            let p = lif::Parameters { v_rest, cm, tau_m, tau_refrac, i_offset, v_reset, v_thresh };
            lif::coefficients(&p, h)
        };
        let membrane = Table::new(setup, names, coefficients)?;
        Ok(Self { membrane, receptors: Receptors::new(setup, responses, Self::COLUMNS, h)? })
    }

    /// See [`CellKernel::inject`](crate::CellKernel::inject).
    pub(super) fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.membrane.inject(cell, current)
    }

    pub(super) fn step(&mut self, cells: Cells<'_>) {
        for block in blocks(cells.fired.len()) {
            let effect = self.receptors.advance(cells.state, &block);
            let [v, refractory, ..] = &mut *cells.state else { return };
            let (v, refractory) = (&mut v[block.clone()], &mut refractory[block.clone()]);
            let fired = &mut cells.fired[block.clone()];
            with_block!(&self.membrane, &block, |c| lif::step(c, effect, v, refractory, fired));
        }
        self.receptors.arrive(cells.state, cells.inputs);
    }
}

/// An [`adex`] membrane with receptors. Columns: `v`, `w`, `refractory`, then those of the receptors.
#[derive(Debug)]
pub(crate) struct AdEx {
    membrane: Table<{ adex::K }, { adex::CURRENT }>,
    receptors: Receptors,
    substeps: usize,
    /// Length of a substep, ms.
    h: f64,
    x: Vec<f64>,
    held: Vec<f64>,
}

const ADEX: [&str; 12] = [
    "cm",
    "tau_refrac",
    "v_spike",
    "v_reset",
    "v_rest",
    "tau_m",
    "i_offset",
    "a",
    "b",
    "delta_T",
    "tau_w",
    "v_thresh",
];

fn adex_parameters(values: [f64; 12]) -> adex::Parameters {
    let [cm, tau_refrac, v_spike, v_reset, v_rest, tau_m, i_offset, a, b, delta_t, tau_w, v_thresh] = values;
    adex::Parameters {
        cm,
        tau_refrac,
        v_spike,
        v_reset,
        v_rest,
        tau_m,
        i_offset,
        a,
        b,
        delta_t,
        tau_w,
        v_thresh,
    }
}

/// A cell that starts anew above where it fires would fire for ever.
fn check_reset(setup: &Setup<'_>) -> Result<()> {
    let [v_reset, v_spike, v_thresh, delta_t] = ["v_reset", "v_spike", "v_thresh", "delta_T"];
    let fires = if setup.constant_parameter(delta_t) == Some(0.0) { v_thresh } else { v_spike };
    let (reset, limit) = (setup.parameter(v_reset)?, setup.parameter(fires)?);
    match reset.iter().zip(&limit).position(|(reset, limit)| reset >= limit) {
        None => Ok(()),
        Some(cell) => Err(Error::description(format!(
            "population `{}`: v_reset[{}] is {} mV, but must lie below {fires}, {} mV",
            setup.population().spec.name,
            setup.population().cells.start + cell,
            reset[cell],
            limit[cell]
        ))),
    }
}

impl AdEx {
    pub(super) const COLUMNS: usize = 3;

    pub(super) fn new(setup: &Setup<'_>, responses: &[Response]) -> Result<Self> {
        let timestep = setup.timestep();
        check_reset(setup)?;
        let substeps = adex::substeps(timestep);
        let h = timestep / substeps as f64;
        let membrane = Table::new(setup, ADEX, |values| {
            adex::coefficients(&adex_parameters(values), timestep, substeps)
        })?;
        let receptors = Receptors::new(setup, responses, Self::COLUMNS, h)?;
        Ok(Self { membrane, receptors, substeps, h, x: vec![0.0; BLOCK], held: vec![0.0; BLOCK] })
    }

    /// See [`CellKernel::inject`](crate::CellKernel::inject).
    pub(super) fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.membrane.inject(cell, current)
    }

    pub(super) fn step(&mut self, cells: Cells<'_>) {
        for block in blocks(cells.fired.len()) {
            let (x, held) = (&mut self.x[..block.len()], &mut self.held[..block.len()]);
            let (v, refractory) = (&cells.state[0][block.clone()], &cells.state[2][block.clone()]);
            with_block!(&self.membrane, &block, |c| adex::enter(c, v, refractory, x, held));
            let fired = &mut cells.fired[block.clone()];
            for _ in 0..self.substeps {
                let effect = self.receptors.advance(cells.state, &block);
                let w = &mut cells.state[1][block.clone()];
                with_block!(&self.membrane, &block, |c| adex::substep(c, self.h, effect, x, w, held, fired));
            }
            let [v, _, refractory, ..] = &mut *cells.state else { return };
            let (v, refractory) = (&mut v[block.clone()], &mut refractory[block.clone()]);
            with_block!(&self.membrane, &block, |c| adex::leave(c, x, held, fired, v, refractory));
        }
        self.receptors.arrive(cells.state, cells.inputs);
    }
}

/// The cells of a type that [`PointNeuron`] describes.
pub(crate) enum Point {
    Lif(Lif),
    AdEx(AdEx),
}

impl Point {
    /// The names of the columns of state. The second column of a receptor has the receptor's name, which no state has.
    pub(crate) fn columns<C: PointNeuron>() -> Vec<&'static str> {
        let mut columns = match C::MEMBRANE {
            Membrane::Lif => vec!["v", "refractory"],
            Membrane::AdExp => vec!["v", "w", "refractory"],
        };
        for PostSynapticReceptor { name, variable, response } in C::RECEPTORS {
            columns.push(variable);
            match response {
                Response::CurrExp { .. } | Response::CondExp { .. } => {}
                Response::CondAlpha { .. } | Response::CondBeta { .. } => columns.push(name),
            }
        }
        columns
    }

    pub(crate) fn new<C: PointNeuron>(setup: &Setup<'_>) -> Result<Self> {
        let responses: Vec<Response> = C::RECEPTORS.iter().map(|receptor| receptor.response).collect();
        match C::MEMBRANE {
            Membrane::Lif => Lif::new(setup, &responses).map(Self::Lif),
            Membrane::AdExp => AdEx::new(setup, &responses).map(Self::AdEx),
        }
    }
}

impl Step for Point {
    fn start(&self, _: &mut [Vec<f64>]) {}

    fn step(&mut self, cells: Cells<'_>) {
        match self {
            Self::Lif(cell) => cell.step(cells),
            Self::AdEx(cell) => cell.step(cells),
        }
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        match self {
            Self::Lif(cells) => cells.inject(cell, current),
            Self::AdEx(cells) => cells.inject(cell, current),
        }
    }
}
