//! Declarations: simulators, populations and families.

use super::projection::text;
use super::{Expansion, hints, value};
use crate::ast::{Family, Item, Population, Simulator};
use crate::tolerant;
use crate::value::{Shape, first_span};
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};

impl Expansion<'_> {
    /// Simulators, `let`s and populations in the order of the block; a simulator comes before its populations.
    pub(super) fn declarations(&self) -> TokenStream {
        let mut declared: Vec<&Ident> = Vec::new();
        let mut written = TokenStream::new();
        for item in &self.network.items {
            match item {
                Item::Seed(seed) => {
                    let value = seed.value.as_ref().map(tolerant::expression);
                    written.extend(value.map(|value| quote!(__net.seed(#value);)));
                }
                Item::Simulator(simulator) => written.extend(self.simulator_once(simulator, &mut declared)),
                Item::Let(binding) => written.extend(self.binding(binding)),
                Item::Population(population) if self.names.is_first(&population.name) => {
                    match self.names.placement(population) {
                        Some(simulator) => {
                            written.extend(self.simulator_once(simulator, &mut declared));
                            written.extend(self.population(population, simulator));
                        }
                        None => written.extend(population.cell.as_ref().map(hints::unfinished_value)),
                    }
                }
                _ => {}
            }
        }
        written
    }

    fn simulator_once<'s>(&self, simulator: &'s Simulator, declared: &mut Vec<&'s Ident>) -> TokenStream {
        let first = self.names.is_first(&simulator.name) && simulator.backend.is_some();
        if !first || declared.iter().any(|name| **name == simulator.name) {
            return TokenStream::new();
        }
        declared.push(&simulator.name);
        let name = &simulator.name;
        let title = text(name);
        let path = simulator.backend.to_token_stream();
        if !self.is_parameter(&path) {
            self.declare(&self.backend(simulator), &path);
        }
        let span = first_span(&path);
        let (backend, declare) =
            (self.backend(simulator).ty_at(span), format_ident!("simulator", span = span));
        let options = options(simulator);
        // Read once, so that a simulator without populations is no unused variable.
        quote! {
            let #name = __net.#declare::<#backend>(#title, #options);
            let _ = &#name;
        }
    }

    fn population(&self, population: &Population, simulator: &Simulator) -> TokenStream {
        let Some(cell) = &population.cell else { return TokenStream::new() };
        let Some(path) = cell.apparent_type() else { return TokenStream::new() };
        let (alias, span) = (self.cell(population), path.span());
        self.declare(&alias, &path.tokens());
        let ty = alias.ty_at(span);
        if self.is_generic(&simulator.backend.to_token_stream()) || self.is_generic(&ty) {
            let backend = self.backend(simulator).ty_at(span);
            self.bounds.borrow_mut().push(quote_spanned!(span=> #backend: ::pynn::backend::Simulates<#ty>));
        }
        let value = match &cell.shape {
            Shape::Literal(literal) => value::literal(alias.constructor(span), literal),
            Shape::Expression => tolerant::expression(&cell.tokens),
            Shape::Path(_) => quote!(<#ty as ::core::default::Default>::default()),
        };
        // A missing size was reported; the handle keeps its field.
        let size = population.size.as_ref().map_or_else(|| quote!(1), tolerant::expression);
        let (name, simulator, title) = (&population.name, &simulator.name, text(&population.name));
        let (blamed, declare) =
            (format_ident!("__cell", span = span), format_ident!("population", span = span));
        let declare = |title: TokenStream| {
            quote! {{
                let __size = #size;
                let #blamed = #value;
                ::pynn::__private::on(&mut __net, &#simulator).#declare::<#ty>(#title, __size, #blamed)
            }}
        };
        let value = match &population.family {
            Some(family) => {
                members(family, &declare(quote!(&::std::format!("{}[{}]", #title, __members.len()))))
            }
            None => declare(quote!(#title)),
        };
        quote! { let #name = #value; }
    }
}

/// One population for each value of the family's source.
fn members(family: &Family, member: &TokenStream) -> TokenStream {
    let (pattern, source) = (tolerant::pattern(&family.pattern), tolerant::expression(&family.source));
    quote! {{
        let mut __members = ::std::vec::Vec::new();
        for #pattern in #source {
            let __member = #member;
            __members.push(__member);
        }
        __members
    }}
}

/// The simulator's options; fields that are not given have their defaults.
fn options(simulator: &Simulator) -> TokenStream {
    let Some(Shape::Literal(literal)) = simulator.options.as_ref().map(|options| &options.shape) else {
        return quote!(<::pynn::SimulatorOptions as ::core::default::Default>::default());
    };
    // At the user's braces, or rustc lists no fields when one is misspelt.
    let constructor = quote_spanned!(literal.brace.span_open()=> ::pynn::SimulatorOptions);
    let written = value::literal(constructor, literal);
    if literal.base.is_some() {
        return written;
    }
    let filled = written.into_iter().map(|token| match token {
        TokenTree::Group(braces) => {
            let fields = braces.stream();
            let fields = quote!(#fields ..::core::default::Default::default());
            let mut filled = Group::new(braces.delimiter(), fields);
            filled.set_span(braces.span());
            TokenTree::Group(filled)
        }
        token => token,
    });
    filled.collect()
}
