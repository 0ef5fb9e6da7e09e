//! The `network!` macro of pynn.

mod ast;
mod check;
mod errors;
mod expand;
mod names;
mod parse;
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

/// Parse, collect names, check, expand; mistakes are written next to whatever could be expanded.
fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(network) = parse::parse(input, &mut errors) else { return errors.into_tokens() };
    let bindings = names::let_bindings(&network.items);
    let names = names::Names::collect(&network, &bindings, &mut errors);
    names.check(&network.items, &mut errors);
    check::check(&network, &names, &mut errors);
    let expansion = expand::expand(&network, &names);
    let mut output = errors.into_tokens();
    output.extend(expansion);
    output
}
