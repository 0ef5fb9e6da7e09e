//! What is done with the declared populations.

use super::projection::text;
use super::{Expansion, hints, respan, value};
use crate::ast::{Annotate, Assign, AssignKind, End, If, Item, Let, Record};
use crate::value::{Shape, Value, first_span};
use crate::{tolerant, unit};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use std::cell::Cell;

/// Whether the item is a note on a projection that is declared below it.
fn is_early_note(item: &Item, items: &[Item]) -> bool {
    let Item::Annotate(Annotate { end: Some(end), .. }) = item else { return false };
    let below = items.iter().skip_while(|other| !std::ptr::eq(*other, item));
    below.into_iter().any(
        |other| matches!(other, Item::Projection(projection) if projection.label.as_ref() == Some(&end.name)),
    )
}

impl Expansion<'_> {
    /// Everything but declarations.
    pub(super) fn statements(&self, items: &[Item], numbers: &Cell<usize>, top: bool) -> TokenStream {
        let is_early = |item: &&Item| top && is_early_note(item, items);
        let ordered = items.iter().filter(|item| !is_early(item)).chain(items.iter().filter(is_early));
        let each = ordered.map(|item| match item {
            Item::Assign(assign) => self.assign(assign),
            Item::Record(record) => self.record(record),
            Item::Annotate(annotate) => self.annotate(annotate),
            Item::Structure(structure) => self.structure(structure),
            Item::Projection(projection) if self.can_expand(projection) => {
                numbers.set(numbers.get() + 1);
                let first = projection.label.as_ref().is_some_and(|label| self.names.is_first(label));
                self.projection(projection, numbers.get(), top && first)
            }
            Item::Projection(projection) => self.unfinished_projection(projection),
            Item::Inject(inject) if self.can_inject(inject) => {
                numbers.set(numbers.get() + 1);
                let first = inject.label.as_ref().is_some_and(|label| self.names.is_first(label));
                self.inject(inject, numbers.get(), top && first)
            }
            Item::Inject(inject) => self.unfinished_inject(inject),
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

    fn choice(&self, choice: &If, numbers: &Cell<usize>) -> TokenStream {
        let mut written = TokenStream::new();
        for (at, (condition, body)) in choice.branches.iter().enumerate() {
            let condition = tolerant::condition(condition);
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

    pub(super) fn binding(&self, binding: &Let) -> TokenStream {
        let given = Value::parse(binding.value.clone());
        let pattern = &binding.pattern;
        let written = match &given.shape {
            Shape::Literal(_) => value::plain(&given),
            _ => unit::rewrite(binding.value.clone()),
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
        let can_assign = self.is_placed(end) || self.is_cells(end) && !self.names.is_assembly(&end.name);
        let (Some(part), true) = (&end.part, can_assign) else {
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
        let value = value::typed_closure(&given.tokens, value::computed(given), around);
        self.each_part(end, &|cells| {
            quote! {
                #method(&mut __net, #cells, <#cell as ::pynn::cell::CellType>::#companion().#part, #value);
            }
        })
    }

    fn record(&self, record: &Record) -> TokenStream {
        let Some(end) = record.end.as_ref().filter(|end| self.is_placed(end) || self.is_cells(end)) else {
            return self.unfinished_record(record);
        };
        let cell = self.cell_type(end);
        let every = record.every.as_ref().map(tolerant::expression);
        let each = record.variables.iter().map(|variable| {
            let span = variable.span();
            self.demand_record(end, variable);
            let sampled = every.as_ref().filter(|_| variable != "spikes");
            let method = if sampled.is_some() { "every" } else { "always" };
            let method = format_ident!("{method}", span = span);
            self.each_part(end, &|cells| {
                let of = format_ident!("__cells", span = span);
                quote! {
                    let #of = ::pynn::__private::assembly(#cells);
                    ::pynn::__private::record(<#cell as ::pynn::cell::CellType>::variables().#variable)
                        .#method(&mut __net, #of, #sampled);
                }
            })
        });
        each.collect()
    }

    fn annotate(&self, annotate: &Annotate) -> TokenStream {
        let Some(end) = &annotate.end else { return TokenStream::new() };
        let is_projection = self.labelled().any(|projection| projection.label.as_ref() == Some(&end.name));
        let notes = annotate.notes.iter().map(|(key, value)| (key, tolerant::expression(value)));
        let notes: Vec<_> = notes.collect();
        let statement = |of: TokenStream| {
            let each = notes.iter().map(|(key, value)| {
                let note = quote_spanned!(first_span(value)=> ::pynn::__private::note);
                let borrowed = quote_spanned!(first_span(value)=> &);
                quote!(__net.annotate(#of, #key, #note(#borrowed #value));)
            });
            each.collect()
        };
        if is_projection {
            let name = &end.name;
            statement(quote!(&#name))
        } else if self.is_placed(end) {
            self.each_member(end, &statement)
        } else {
            TokenStream::new()
        }
    }

    /// What recording the variable asks of a backend that is a type parameter.
    fn demand_record(&self, end: &End, variable: &Ident) {
        let span = variable.span();
        let (name, cell) = (text(variable), respan(self.cell_type(end), span));
        // Constants cannot depend on generics; there, a misspelt name is reported less kindly.
        let names = if self.is_generic(&cell) {
            quote_spanned!(span=> &[#name])
        } else {
            quote_spanned!(span=> <#cell as ::pynn::cell::CellType>::VARIABLES)
        };
        let asked = quote_spanned! {span=>
            <#cell as ::pynn::cell::Observes<{ ::pynn::cell::name(#name, #names) }>>::Observable
        };
        self.demand(
            end,
            &cell,
            span,
            |backend| quote_spanned!(span=> #backend: ::pynn::backend::Records<#asked>),
        );
    }

    pub(super) fn is_placed(&self, end: &End) -> bool {
        let Some(population) = self.names.population(&end.name) else { return false };
        let allowed = usize::from(population.family.is_some());
        end.brackets.len() <= allowed && self.names.placement(population).is_some()
    }

    /// A statement for the cells of an end, or for every member when the end is a whole family.
    fn each_part(&self, end: &End, statement: &dyn Fn(TokenStream) -> TokenStream) -> TokenStream {
        if self.is_placed(end) {
            return self.each_member(end, statement);
        }
        let cells = self.cells(end);
        statement(quote!(&#cells))
    }

    /// A statement for the population of an end, or for every member when the end is a whole family.
    pub(super) fn each_member(
        &self,
        end: &End,
        statement: &dyn Fn(TokenStream) -> TokenStream,
    ) -> TokenStream {
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
