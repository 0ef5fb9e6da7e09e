//! Projections: the target's receptor first, because it fixes the unit of the weights.

use super::{Expansion, value};
use crate::ast::{End, Projection};
use crate::tolerant;
use crate::value::{Path, Shape, Value, first_span};
use proc_macro2::{Delimiter, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

impl Expansion<'_> {
    /// Whether nothing of the item is missing and both ends exist.
    pub(super) fn can_expand(&self, projection: &Projection) -> bool {
        let Projection { pre: Some(pre), post: Some(post), connector: Some(_), synapse: Some(_), .. } =
            projection
        else {
            return false;
        };
        self.is_one_population(pre) && self.is_one_population(post)
    }

    fn is_one_population(&self, end: &End) -> bool {
        let Some(population) = self.names.population(&end.name) else { return false };
        let brackets = usize::from(population.family.is_some());
        let fits = (brackets..=brackets + 1).contains(&end.brackets.len());
        fits && self.names.placement(population).is_some()
    }

    pub(super) fn projection(&self, projection: &Projection, number: usize, labelled: bool) -> TokenStream {
        let Projection {
            pre: Some(pre),
            post: Some(post),
            connector: Some(connector),
            synapse: Some(synapse),
            ..
        } = projection
        else {
            return TokenStream::new();
        };
        let (connector, synapse) = (self.without_qualifier(connector), self.without_qualifier(synapse));
        let source = self.cells(pre);
        let target = self.target(post);
        let (connector, connector_type, connector_span) = self.connector(&connector, number, post);
        let (synapse, blame) = self.synapse(&synapse, post);
        let label = projection.label.as_ref().filter(|_| labelled);
        let name = match label {
            Some(label) => {
                let name = text(label);
                quote!(::core::option::Option::Some(#name))
            }
            None => quote!(::core::option::Option::None),
        };
        let by = format_ident!("__connector", span = connector_span);
        let onto = format_ident!("__onto", span = blame);
        let project = match connector_type {
            Some(ty) => {
                let project = format_ident!("project", span = blame);
                quote!(#onto.#project::<#ty, _, _>(&mut __net, #name, &#source, #by))
            }
            None => {
                let project = format_ident!("project", span = connector_span);
                quote! {{
                    let #by = #onto.by(#by);
                    #by.#project(&mut __net, #name, &#source)
                }}
            }
        };
        let binding = label.map_or_else(|| quote!(_), ToTokens::to_token_stream);
        quote! {
            let #binding = {
                let __target = #target;
                let #by = #connector;
                let __synapse = #synapse;
                let #onto = ::pynn::__private::onto(__target, __synapse);
                #project
            };
        }
    }

    /// The value without the name of the target's simulator in front.
    fn without_qualifier(&self, value: &Value) -> Value {
        let is_simulator = value.qualifier.as_ref().is_some_and(|name| self.names.simulator(name).is_some());
        if is_simulator { value.without_qualifier() } else { Value::parse(value.tokens.clone()) }
    }

    /// `exc`, `exc.slice(0..10)`, `layer[k]`.
    fn cells(&self, end: &End) -> TokenStream {
        let mut cells = self.member(end);
        if let Some(range) = end.brackets.get(self.members(end)) {
            let range = tolerant::expression(&range.stream());
            cells = quote!(#cells.slice(#range));
        }
        cells
    }

    /// The whole population of an end.
    pub(super) fn member(&self, end: &End) -> TokenStream {
        let name = &end.name;
        match end.brackets.first().filter(|_| self.members(end) == 1) {
            Some(bracket) => {
                let mut index =
                    proc_macro2::Group::new(Delimiter::Bracket, tolerant::expression(&bracket.stream()));
                index.set_span(bracket.span());
                quote!(#name #index)
            }
            None => name.to_token_stream(),
        }
    }

    /// How many brackets choose a member.
    fn members(&self, end: &End) -> usize {
        usize::from(self.names.population(&end.name).is_some_and(|population| population.family.is_some()))
    }

    fn target(&self, end: &End) -> TokenStream {
        let cells = self.cells(end);
        match &end.part {
            Some(receptor) => {
                let cell = self.cell_type(end);
                quote!(#cells.target(<#cell as ::pynn::cell::CellType>::receptors().#receptor))
            }
            None => {
                let span = end.name.span();
                let all = end.brackets.get(self.members(end)).is_none().then(|| quote!(.all()));
                let receives = format_ident!("__cells", span = span);
                let default_target = quote_spanned!(span=> ::pynn::__private::default_target);
                quote! {{
                    let #receives = #cells #all;
                    #default_target(#receives)
                }}
            }
        }
    }

    /// The cell type of the population of an end.
    pub(super) fn cell_type(&self, end: &End) -> TokenStream {
        self.names.population(&end.name).map_or_else(|| quote!(_), |population| self.cell(population).ty())
    }

    /// The connector, its type if it is written, and where to blame it.
    fn connector(
        &self,
        connector: &Value,
        number: usize,
        post: &End,
    ) -> (TokenStream, Option<TokenStream>, Span) {
        let Some(path) = connector.path() else {
            let span = connector.type_span();
            if let Some(ty) = connector.apparent_type().map(|path| path.tokens()) {
                self.demand(
                    post,
                    &ty,
                    span,
                    |backend| quote_spanned!(span=> #backend: ::pynn::backend::Connects<#ty>),
                );
            }
            return (tolerant::expression(&connector.tokens), None, span);
        };
        let alias = self.alias("Connector", &number, &path.tokens());
        self.declare(&alias, &path.tokens());
        let span = path.span();
        let ty = alias.ty_at(span);
        self.demand(
            post,
            &ty,
            span,
            |backend| quote_spanned!(span=> #backend: ::pynn::backend::Connects<#ty>),
        );
        let value = match &connector.shape {
            Shape::Literal(parts) => value::literal(alias.constructor(span), parts),
            _ => quote!(<#ty as ::core::default::Default>::default()),
        };
        (value, Some(ty), span)
    }

    /// The synapse, and where to blame it.
    fn synapse(&self, synapse: &Value, post: &End) -> (TokenStream, Span) {
        let span = synapse.type_span();
        // Backends name a synapse type without the types of its values.
        if let Some(family) = synapse.apparent_type().map(|path| path.bare()) {
            self.demand(
                post,
                &family,
                span,
                |backend| quote_spanned!(span=> #backend: ::pynn::backend::Transmits<#family>),
            );
        }
        let typed = |field: &str, written: &TokenStream, value: TokenStream| {
            let span = first_span(written);
            let around = quote_spanned!(span=> ::pynn::__private::of_pair);
            let value = value::typed_closure(written, value, around);
            match field {
                "weight" => {
                    let weight = quote_spanned!(span=> ::pynn::__private::weight);
                    Some(quote!(#weight(&__target, #value)))
                }
                "delay" => {
                    let delay = quote_spanned!(span=> ::pynn::__private::delay);
                    Some(quote!(#delay(#value)))
                }
                _ => None,
            }
        };
        let defaults = || {
            let family = synapse.path().map(Path::bare);
            quote!(::pynn::__private::defaults::<#family, _, _, _, _>(&__target))
        };
        let value = match &synapse.shape {
            Shape::Literal(parts) if parts.path.has_generics() => {
                value::literal(parts.path.in_expression(), parts)
            }
            // With both given, every type is known.
            Shape::Literal(parts)
                if synapse.field("weight").is_some() && synapse.field("delay").is_some() =>
            {
                let defaults = quote!(::core::default::Default::default());
                value::literal_with(parts.path.in_expression(), parts, &typed, &defaults)
            }
            Shape::Literal(parts) => {
                value::literal_with(parts.path.in_expression(), parts, &typed, &defaults())
            }
            Shape::Path(_) => defaults(),
            Shape::Expression => value::plain(synapse),
        };
        (value, span)
    }

    /// Adds a predicate on the backend of the end's simulator, if the backend or what is asked of it depends on the
    /// header's generics: the rest is checked where it is used.
    pub(super) fn demand(
        &self,
        end: &End,
        asked: &TokenStream,
        span: Span,
        predicate: impl FnOnce(TokenStream) -> TokenStream,
    ) {
        let Some(simulator) = self.names.simulator_of(end) else { return };
        if self.is_generic(&simulator.backend.to_token_stream()) || self.is_generic(asked) {
            let predicate = predicate(self.backend(simulator).ty_at(span));
            self.bounds.borrow_mut().push(predicate);
        }
    }
}

/// A name as a string, without `r#`.
pub(super) fn text(name: &proc_macro2::Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}
