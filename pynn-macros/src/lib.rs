//! The `network!` and `point_neuron!` macros of pynn.

mod ast;
mod check;
mod errors;
mod expand;
mod names;
mod parse;
mod point_neuron;
#[cfg(test)]
mod tests;
mod tokens;
mod tolerant;
mod unit;
mod value;

use errors::Errors;
use proc_macro2::TokenStream;

#[doc = include_str!("network.md")]
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into()).into()
}

/// Defines a cell type from a membrane and receptors of your own names: PyNN's `PointNeuron`.
///
/// ```ignore
/// pynn::point_neuron! {
///     /// A pyramidal cell.
///     pub struct Pyramidal: AdExp {
///         /// Fast excitation.
///         AMPA: CondExp,
///         NMDA: CondBeta,
///         GABA: CondAlpha,
///     }
/// }
/// ```
/// Membranes are `Lif` and `AdExp`; parameters, defaults and equations are those of `IfCondExp` and `EifCondExpIsfaIsta`. Each
/// receptor has parameters of its own, called after it:
///
/// | response | to a spike of weight w | parameters (default) | recordable |
/// |---|---|---|---|
/// | `CurrExp` | a current jumps by w nA and decays | `AMPA_tau_syn` (5 ms) | `AMPA_isyn` |
/// | `CondExp` | a conductance jumps by w uS and decays | `AMPA_tau_syn` (5 ms), `AMPA_e_syn` (0 mV) | `AMPA_gsyn` |
/// | `CondAlpha` | an alpha function with its peak at w uS | `AMPA_tau_syn` (5 ms), `AMPA_e_syn` (0 mV) | `AMPA_gsyn` |
/// | `CondBeta` | a difference of exponentials with its peak at w uS | `AMPA_tau_rise` (0.2 ms), `AMPA_tau_decay` (1.7 ms), `AMPA_e_syn` (0 mV) | `AMPA_gsyn` |
///
/// Projections end on `cells.AMPA`; without a name, on the first. The native engine and NEURON simulate every combination, NEST those that it has a model for; the
/// description for other backends is `pynn::point_neuron::PointNeuron`.
///
/// # Errors
/// Unknown membranes and responses, receptors declared twice or none at all are errors of compilation.
#[proc_macro]
pub fn point_neuron(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    point_neuron::expand(input.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Parse, collect names, check, expand; mistakes are written next to whatever could be expanded.
fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(network) = parse::parse(input, &mut errors) else { return errors.into_tokens() };
    let bindings = names::let_bindings(&network.items);
    let names = names::Names::collect(&network, &bindings, &mut errors);
    names.check(&network.items, &mut errors);
    names.check_notes(&network.items, &mut errors);
    check::check(&network, &names, &mut errors);
    let expansion = expand::expand(&network, &names);
    let mut output = errors.into_tokens();
    output.extend(expansion);
    output
}
