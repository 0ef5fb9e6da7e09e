//! Projections: the target's receptor first, because it fixes the unit of the weights.

use super::cells::is_range;
use super::{Expansion, value};
use crate::ast::{End, Projection};
use crate::tokens::Tokens;
use crate::value::{Path, Shape, Value, first_span};
use crate::{tolerant, unit};
use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

/// The most senders that a tuple may have.
const TUPLE: usize = 8;

impl Expansion<'_> {
    /// Whether nothing of the item is missing and both ends exist.
    pub(super) fn can_expand(&self, projection: &Projection) -> bool {
        let Projection { pre, post: Some(post), connector: Some(_), synapse: Some(_), .. } = projection
        else {
            return false;
        };
        !pre.is_empty() && pre.iter().all(|end| self.is_cells(end)) && self.is_cells(post)
    }

    pub(super) fn projection(&self, projection: &Projection, number: usize, labelled: bool) -> TokenStream {
        let Projection { pre, post: Some(post), connector: Some(connector), synapse: Some(synapse), .. } =
            projection
        else {
            return TokenStream::new();
        };
        let (connector, synapse) = (self.without_qualifier(connector), self.without_qualifier(synapse));
        let source = self.senders(pre);
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
                quote!(#onto.#project::<#ty>(&mut __net, #name, #source, #by))
            }
            None => {
                let project = format_ident!("project", span = connector_span);
                quote! {{
                    let #by = #onto.by(#by);
                    #by.#project(&mut __net, #name, #source)
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

    /// `&exc`, `(&exc, &inh)`; of many, tuples of tuples.
    fn senders(&self, ends: &[End]) -> TokenStream {
        let each: Vec<TokenStream> = ends.iter().map(|end| self.cells(end)).collect();
        match each.as_slice() {
            [one] => quote!(&#one),
            some if some.len() <= TUPLE => quote!((#(&#some),*)),
            many => {
                let tuples = many
                    .chunks(TUPLE)
                    .map(|some| if let [one] = some { quote!(&#one) } else { quote!((#(&#some),*)) });
                quote!((#(#tuples),*))
            }
        }
    }

    /// `exc`, `exc.slice(0..10)`, `exc.select([1, 4])`, `layer[k]`.
    pub(super) fn cells(&self, end: &End) -> TokenStream {
        let mut cells = self.member(end);
        if let Some(chosen) = end.brackets.get(self.members(end)) {
            // A number alone was reported.
            if unit::plain_number(&chosen.stream()).is_some() {
                return quote!(#cells.slice(..));
            }
            let range = is_range(&chosen.stream());
            let chosen = tolerant::expression(&chosen.stream());
            cells = if range { quote!(#cells.slice(#chosen)) } else { quote!(#cells.select(#chosen)) };
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
        if let Some(computed) = &end.computed {
            let receptor = self.receptor(computed, end);
            return quote!(#cells.target(#receptor));
        }
        match &end.part {
            Some(receptor) => {
                let cell = self.cell_type(end);
                quote!(#cells.target(<#cell as ::pynn::cell::CellType>::receptors().#receptor))
            }
            None => {
                let span = end.name.span();
                let is_population = self.names.population(&end.name).is_some();
                let whole = is_population && end.brackets.get(self.members(end)).is_none();
                let all = whole.then(|| quote!(.all()));
                let receives = format_ident!("__cells", span = span);
                let default_target = if self.names.is_assembly(&end.name) {
                    quote_spanned!(span=> ::pynn::__private::default_target_of_all)
                } else {
                    quote_spanned!(span=> ::pynn::__private::default_target)
                };
                let all = if is_population { all } else { Some(quote!(.clone())) };
                quote! {{
                    let #receives = #cells #all;
                    #default_target(#receives)
                }}
            }
        }
    }

    /// A receptor that is computed: in the branches of an `if` a name is one of a receptor; else any expression.
    fn receptor(&self, computed: &Group, end: &End) -> TokenStream {
        let (mut tokens, mut written) = (Tokens::inside(computed), TokenStream::new());
        let cell = self.cell_type(end);
        let branch = |tokens: &mut Tokens| {
            let braces = tokens.group(Delimiter::Brace)?;
            let mut inside = Tokens::inside(&braces);
            Some(match (inside.ident(), inside.is_empty()) {
                (Some(receptor), true) => {
                    let receptors = format_ident!("__receptors", span = receptor.span());
                    quote!({ #receptors.#receptor })
                }
                _ => {
                    let value = tolerant::expression(&braces.stream());
                    quote!({ #value })
                }
            })
        };
        let mut chain = || {
            while tokens.word("if").is_some() {
                let condition = tokens.take_until(|tokens| tokens.peek_group(Delimiter::Brace).is_some());
                let (condition, body) = (tolerant::condition(&condition), branch(&mut tokens)?);
                written.extend(quote!(if #condition #body));
                tokens.word("else")?;
                written.extend(quote!(else));
            }
            let last = branch(&mut tokens)?;
            written.extend(last);
            tokens.is_empty().then_some(())
        };
        if chain().is_none() {
            return tolerant::expression(&computed.stream());
        }
        quote!({
            let __receptors = <#cell as ::pynn::cell::CellType>::receptors();
            #written
        })
    }

    /// The cell type of the population of an end.
    pub(super) fn cell_type(&self, end: &End) -> TokenStream {
        self.names.root(&end.name).map_or_else(|| quote!(_), |population| self.cell(population).ty())
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
            Shape::Literal(parts) => {
                let is_drawn = may_draw(&path.tokens());
                let wrap = |field: &str, written: &TokenStream, value: TokenStream| {
                    let count = quote_spanned!(first_span(written)=> ::pynn::__private::count);
                    (is_drawn && field == "n").then(|| quote!(#count(#value)))
                };
                let default = quote!(::core::default::Default::default());
                value::literal_with(alias.constructor(span), parts, &wrap, &default)
            }
            _ => quote!(<#ty as ::core::default::Default>::default()),
        };
        (value, Some(ty), span)
    }

    /// The synapse, and where to blame it.
    fn synapse(&self, synapse: &Value, post: &End) -> (TokenStream, Span) {
        let span = synapse.type_span();
        if let Some(family) = family(synapse, &|| None) {
            self.demand(
                post,
                &family,
                span,
                |backend| quote_spanned!(span=> #backend: ::pynn::backend::Transmits<#family>),
            );
        }
        // The unit of a weight dependence that is computed is not seen: then all types must be known without.
        let computed =
            synapse.field("weight_dependence").is_some() && rule(synapse, "weight_dependence").is_none();
        let default = || quote!(::core::default::Default::default());
        let defaults = || match family(synapse, &|| Some(quote!(_))) {
            Some(family) if !computed => {
                quote!(::pynn::__private::defaults::<#family, _, _, _, _>(&__target))
            }
            _ => default(),
        };
        let value = match &synapse.shape {
            // The types of weight and delay are the user's.
            Shape::Literal(parts) if parts.path.has_generics() => {
                let wrap = |field: &str, written: &TokenStream, value: TokenStream| {
                    (!matches!(field, "weight" | "delay"))
                        .then(|| wrapped(&parts.path, field, written, value))
                };
                value::literal_with(parts.path.in_expression(), parts, &wrap, &default())
            }
            Shape::Literal(parts) => {
                let wrap = |field: &str, written: &TokenStream, value| {
                    Some(wrapped(&parts.path, field, written, value))
                };
                value::literal_with(parts.path.in_expression(), parts, &wrap, &defaults())
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

/// The value of a synapse's field, made one of the field's type.
fn wrapped(synapse: &Path, field: &str, written: &TokenStream, value: TokenStream) -> TokenStream {
    let span = first_span(written);
    let value = value::typed_closure(written, value, quote_spanned!(span=> ::pynn::__private::of_pair));
    match field {
        "weight" => {
            let weight = quote_spanned!(span=> ::pynn::__private::weight);
            let synapse = synapse.bare();
            quote!(#weight::<#synapse, _, _, _>(&__target, #value))
        }
        "weight_dependence" => {
            let limits = quote_spanned!(span=> ::pynn::__private::weight_limits);
            quote!(#limits(&__target, #value))
        }
        "delay" => {
            let delay = quote_spanned!(span=> ::pynn::__private::delay);
            quote!(#delay(#value))
        }
        _ => {
            let field = quote_spanned!(span=> ::pynn::__private::field);
            quote!(#field(#value))
        }
    }
}

/// Whether the `n` of the connector may be a distribution.
fn may_draw(path: &TokenStream) -> bool {
    let last = path.clone().into_iter().last().map(|last| last.to_string());
    matches!(last.as_deref(), Some("FixedNumberPre" | "FixedNumberPost"))
}

/// What backends name the synapse type by: the type without the types of its values, but with those of its rules;
/// `unseen` stands for a rule whose type is not written.
fn family(synapse: &Value, unseen: &dyn Fn() -> Option<TokenStream>) -> Option<TokenStream> {
    let bare = synapse.apparent_type()?.bare();
    let type_of = |name: &str, default: TokenStream| match synapse.field(name) {
        Some(_) => rule(synapse, name).or_else(unseen),
        None => Some(default),
    };
    if synapse.field("timing").is_none() && synapse.field("weight_dependence").is_none() {
        return Some(bare);
    }
    let timing = type_of("timing", quote!(::pynn::synapse::SpikePairRule))?;
    let dependence = type_of("weight_dependence", quote!(::pynn::synapse::AdditiveWeightDependence))?;
    Some(quote!(#bare<#timing, #dependence>))
}

/// The type of a rule of a synapse, as far as it is written.
fn rule(synapse: &Value, name: &str) -> Option<TokenStream> {
    Some(synapse.field(name)?.value.as_ref()?.apparent_type()?.bare())
}

/// A name as a string, without `r#`.
pub(super) fn text(name: &proc_macro2::Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}
