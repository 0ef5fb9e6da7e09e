//! `build`: one statement an item, in the order of the block, but declarations first.

use super::projection::text;
use super::{Expansion, hints, respan, value};
use crate::ast::{Assign, AssignKind, End, Item, Param, Population, Record, Simulator};
use crate::tolerant;
use crate::value::{Shape, Value};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use std::cell::Cell;

impl Expansion<'_> {
    pub(super) fn build(&self) -> TokenStream {
        let header = &self.network.header;
        let (name, vis) = (&header.name, &header.vis);
        let (impl_generics, arguments, predicates) = header.generics.split_for_impl();
        let title = text(name);
        let docs = self.build_docs();
        let params = header.params.iter().map(argument);
        let declarations = self.declarations();
        let numbers = Cell::new(0);
        let statements = self.statements(&self.network.items, &numbers, true);
        let fields = self.placed().map(|(population, _)| &population.name);
        let labels = self.labelled().filter_map(|projection| projection.label.as_ref());
        let bounds = self.bounds.take();
        let bounds = if bounds.is_empty() { TokenStream::new() } else { quote!(where #(#bounds,)*) };
        let allow = quote! {
            #[allow(unused_mut, clippy::too_many_arguments, clippy::needless_update, clippy::let_unit_value,
                clippy::redundant_closure_call, clippy::needless_borrow, clippy::vec_init_then_push,
                clippy::explicit_counter_loop, clippy::too_many_lines, clippy::cognitive_complexity,
                reason = "written by network!")]
        };
        quote! {
            impl #impl_generics #name #arguments #predicates {
                #docs
                #allow
                #vis fn build(#(#params),*) -> ::pynn::Result<Self> #bounds {
                    let mut __net = ::pynn::NetworkBuilder::new(#title);
                    #declarations
                    #statements
                    ::core::result::Result::Ok(Self {
                        #(#fields,)*
                        #(#labels,)*
                        __network: __net.build()?,
                        __marker: ::core::marker::PhantomData,
                    })
                }
            }
        }
    }

    fn build_docs(&self) -> TokenStream {
        let header = &self.network.header;
        let mut lines = vec![format!("Describes `{}` and checks the description.", header.name)];
        let mut attrs = quote!();
        let mut section = false;
        for param in &header.params {
            let docs: Vec<_> = param.attrs.iter().filter(|attr| attr.path().is_ident("doc")).collect();
            if docs.is_empty() {
                continue;
            }
            if !section {
                lines.extend([String::new(), "# Arguments".to_owned(), String::new()]);
                section = true;
            }
            let docs = docs.iter().filter_map(|attr| documentation(attr));
            let docs: Vec<String> = docs.map(|line| line.trim().to_owned()).collect();
            lines.push(format!("- `{}`: {}", param.name, docs.join(" ")));
        }
        lines.extend([
            String::new(),
            "# Errors".to_owned(),
            String::new(),
            "When values do not fit together; one error lists all mistakes.".to_owned(),
        ]);
        for line in lines {
            let line = format!(" {line}");
            attrs.extend(quote!(#[doc = #line]));
        }
        attrs
    }

    /// Simulators, `let`s and populations in the order of the block; a simulator comes before its populations.
    fn declarations(&self) -> TokenStream {
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
        let mut backend = self.backend(simulator);
        if backend.ident.to_string().starts_with("__Backend_") {
            backend = self.alias("Backend", name, &path);
        }
        let span = crate::value::first_span(&path);
        let (backend, declare) = (backend.ty_at(span), format_ident!("simulator", span = span));
        let options = match simulator.options.as_ref().map(|options| &options.shape) {
            Some(Shape::Literal(literal)) => {
                // At the user's braces, or rustc lists no fields when one is misspelt.
                let constructor = quote_spanned!(literal.brace.span_open()=> ::pynn::SimulatorOptions);
                value::literal(constructor, literal)
            }
            _ => quote!(::pynn::SimulatorOptions {}),
        };
        let options = with_defaults(options, simulator);
        quote! {
            let #name = __net.#declare::<#backend>(#title, #options);
            let _ = &#name;
        }
    }

    fn population(&self, population: &Population, simulator: &Simulator) -> TokenStream {
        let (Some(cell), name) = (&population.cell, &population.name) else { return TokenStream::new() };
        let Some(path) = cell.path() else { return TokenStream::new() };
        let alias = self.alias("Cell", name, &path.tokens());
        let span = path.span();
        let simulator_name = &simulator.name;
        if self.is_generic(&simulator.backend.to_token_stream()) {
            let (backend, ty) = (self.backend(simulator).ty_at(span), alias.ty_at(span));
            self.demand(quote_spanned!(span=> #backend: ::pynn::backend::Simulates<#ty>));
        }
        let value = match &cell.shape {
            Shape::Literal(literal) => value::literal(alias.constructor(span), literal),
            _ => {
                let ty = alias.ty_at(span);
                quote!(<#ty as ::core::default::Default>::default())
            }
        };
        // A missing size was reported; the handle keeps its field.
        let size = population.size.as_ref().map_or_else(|| quote!(1), tolerant::expression);
        let title = text(name);
        let ty = alias.ty_at(span);
        let blamed = format_ident!("__cell", span = span);
        let declared = format_ident!("population", span = span);
        let declare = |title: TokenStream| {
            quote! {{
                let __size = #size;
                let #blamed = #value;
                ::pynn::__private::on(&mut __net, &#simulator_name).#declared::<#ty>(#title, __size, #blamed)
            }}
        };
        let Some(family) = &population.family else {
            let declare = declare(quote!(#title));
            return quote! { let #name = #declare; };
        };
        let (pattern, source) = (tolerant::pattern(&family.pattern), tolerant::expression(&family.source));
        let member = declare(quote!(&::std::format!("{}[{}]", #title, __members.len())));
        quote! {
            let #name = {
                let mut __members = ::std::vec::Vec::new();
                for #pattern in #source {
                    let __member = #member;
                    __members.push(__member);
                }
                __members
            };
        }
    }

    /// Everything but declarations.
    fn statements(&self, items: &[Item], numbers: &Cell<usize>, top: bool) -> TokenStream {
        let each = items.iter().map(|item| match item {
            Item::Assign(assign) => self.assign(assign),
            Item::Record(record) => self.record(record),
            Item::Projection(projection) if self.can_expand(projection) => {
                numbers.set(numbers.get() + 1);
                let first = projection.label.as_ref().is_some_and(|label| self.names.is_first(label));
                self.projection(projection, numbers.get(), top && first)
            }
            Item::Projection(projection) => self.unfinished_projection(projection),
            Item::Let(binding) if !top => self.binding(binding),
            Item::For(repeat) => {
                let (pattern, source) =
                    (tolerant::pattern(&repeat.pattern), tolerant::expression(&repeat.source));
                let body = self.statements(&repeat.body, numbers, false);
                quote! { for #pattern in #source { #body } }
            }
            Item::If(choice) => self.choice(choice, numbers),
            _ => TokenStream::new(),
        });
        each.collect()
    }

    fn choice(&self, choice: &crate::ast::If, numbers: &Cell<usize>) -> TokenStream {
        let mut written = TokenStream::new();
        for (at, (condition, body)) in choice.branches.iter().enumerate() {
            let is_let = condition.clone().into_iter().next().is_some_and(|token| token.to_string() == "let");
            let condition = if is_let {
                crate::unit::rewrite(condition.clone())
            } else {
                tolerant::expression(condition)
            };
            let body = self.statements(body, numbers, false);
            let otherwise = (at > 0).then(|| quote!(else));
            written.extend(quote! { #otherwise if #condition { #body } });
        }
        if let Some(body) = &choice.otherwise {
            let body = self.statements(body, numbers, false);
            written.extend(quote! { else { #body } });
        }
        written
    }

    fn binding(&self, binding: &crate::ast::Let) -> TokenStream {
        let given = Value::parse(binding.value.clone());
        let (pattern, written) = match &given.shape {
            Shape::Literal(_) => (&binding.pattern, value::plain(&given)),
            _ => (&binding.pattern, crate::unit::rewrite(binding.value.clone())),
        };
        let ty = binding.ty.as_ref().map(|ty| quote!(: #ty));
        let typed = binding.ty.as_ref().is_none_or(|ty| syn::parse2::<syn::Type>(ty.clone()).is_ok());
        if typed && tolerant::is_pattern(pattern) && tolerant::is_expression(&written) {
            quote! { let #pattern #ty = #written; }
        } else {
            quote! { ::pynn::__private::value! { let #pattern #ty = #written; } }
        }
    }

    fn assign(&self, assign: &Assign) -> TokenStream {
        let Assign { end: Some(end), value: Some(given), .. } = assign else {
            return self.unfinished_assign(assign);
        };
        let (Some(part), true) = (&end.part, self.is_placed(end)) else {
            return self.unfinished_assign(assign);
        };
        // At the keyword: rust-analyzer then shows the builder's docs there.
        let span = assign.keyword.span();
        let method = match assign.kind {
            AssignKind::Initial => quote_spanned!(span=> ::pynn::__private::initialize),
            AssignKind::Vary => quote_spanned!(span=> ::pynn::__private::vary),
        };
        let companion = hints::companion(assign.kind);
        let cell = self.cell_type(end);
        let around = quote_spanned!(span=> ::pynn::__private::of_cell);
        let value = value::typed_closure(&given.tokens, value::plain(given), around);
        self.each_member(end, &|population| {
            quote! {
                #method(&mut __net, #population, <#cell as ::pynn::cell::CellType>::#companion().#part, #value);
            }
        })
    }

    fn record(&self, record: &Record) -> TokenStream {
        let Some(end) = record.end.as_ref().filter(|end| self.is_placed(end)) else {
            return self.unfinished_record(record);
        };
        let cell = self.cell_type(end);
        let every = record.every.as_ref().map(tolerant::expression);
        let each = record.variables.iter().map(|variable| {
            let span = variable.span();
            if let Some(backend) = self.generic_backend(end, span) {
                let (name, cell) = (text(variable), respan(cell.clone(), span));
                // Constants cannot depend on generics; there, a misspelt name is reported less kindly.
                let names = if self.is_generic(&cell) {
                    quote_spanned!(span=> &[#name])
                } else {
                    quote_spanned!(span=> <#cell as ::pynn::cell::CellType>::VARIABLES)
                };
                self.demand(quote_spanned!(span=> #backend: ::pynn::backend::Records<
                    <#cell as ::pynn::cell::Observes<{ ::pynn::cell::name(#name, #names) }>>::Observable>));
            }
            let sampled = every.as_ref().filter(|_| variable != "spikes");
            let method = if sampled.is_some() { "every" } else { "always" };
            let method = format_ident!("{method}", span = span);
            self.each_member(end, &|population| {
                let of = format_ident!("__population", span = span);
                quote! {
                    let #of = #population;
                    ::pynn::__private::record(<#cell as ::pynn::cell::CellType>::variables().#variable)
                        .#method(&mut __net, #of, #sampled);
                }
            })
        });
        each.collect()
    }

    fn is_placed(&self, end: &End) -> bool {
        let Some(population) = self.names.population(&end.name) else { return false };
        let allowed = usize::from(population.family.is_some());
        end.brackets.len() <= allowed && self.names.placement(population).is_some()
    }

    /// A statement for the population of an end, or for every member when the end is a whole family.
    fn each_member(&self, end: &End, statement: &dyn Fn(TokenStream) -> TokenStream) -> TokenStream {
        let is_family =
            self.names.population(&end.name).is_some_and(|population| population.family.is_some());
        let name = &end.name;
        if is_family && end.brackets.is_empty() {
            let statement = statement(quote!(__member));
            quote! { for __member in &#name { #statement } }
        } else {
            let member = self.member(end);
            statement(quote!(&#member))
        }
    }
}

fn argument(param: &Param) -> TokenStream {
    let attrs = param.attrs.iter().filter(|attr| !attr.path().is_ident("doc"));
    let (name, ty) = (&param.name, &param.ty);
    quote!(#(#attrs)* #name: #ty)
}

/// The text of a doc comment.
fn documentation(attr: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(meta) = &attr.meta else { return None };
    let tokens = meta.value.to_token_stream();
    syn::parse2::<syn::LitStr>(tokens).ok().map(|text| text.value())
}

/// Fields that are not given have their defaults.
fn with_defaults(options: TokenStream, simulator: &Simulator) -> TokenStream {
    let has_base = simulator
        .options
        .as_ref()
        .is_some_and(|options| matches!(&options.shape, Shape::Literal(literal) if literal.base.is_some()));
    if has_base {
        return options;
    }
    let mut tokens: Vec<proc_macro2::TokenTree> = options.into_iter().collect();
    if let Some(proc_macro2::TokenTree::Group(braces)) = tokens.last_mut() {
        let fields = braces.stream();
        let mut filled = proc_macro2::Group::new(
            braces.delimiter(),
            quote!(#fields ..::core::default::Default::default()),
        );
        filled.set_span(braces.span());
        *braces = filled;
    }
    tokens.into_iter().collect()
}
