//! Electrodes.

use super::projection::text;
use super::{Alias, Expansion, value};
use crate::ast::{Inject, Item};
use crate::value::{Shape, Value, first_span};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

impl Expansion<'_> {
    /// Whether nothing of the item is missing and the cells exist.
    pub(super) fn can_inject(&self, inject: &Inject) -> bool {
        inject.source.is_some() && inject.cells.as_ref().is_some_and(|cells| self.is_cells(cells))
    }

    pub(super) fn inject(&self, inject: &Inject, number: usize, labelled: bool) -> TokenStream {
        let Inject { source: Some(source), cells: Some(end), .. } = inject else { return TokenStream::new() };
        let label = inject.label.as_ref().filter(|_| labelled);
        let (source, ty, blame) = self.source(source, label.map_or_else(|| number.to_string(), text));
        if let Some(ty) = &ty {
            self.demand(
                end,
                ty,
                blame,
                |backend| quote_spanned!(blame=> #backend: ::pynn::backend::Injects<#ty>),
            );
        }
        let name = match label {
            Some(label) => {
                let name = text(label);
                quote!(::core::option::Option::Some(#name))
            }
            None => quote!(::core::option::Option::None),
        };
        let (cells, span) = (self.cells(end), end.name.span());
        let (into, injected) =
            (format_ident!("__cells", span = span), quote_spanned!(span=> ::pynn::__private::injected));
        let (by, method) = (format_ident!("__source", span = blame), format_ident!("inject", span = blame));
        let ty = ty.map(|ty| quote!(::<#ty>));
        let binding = label.map_or_else(|| quote!(_), ToTokens::to_token_stream);
        quote! {
            let #binding = {
                let #into = ::pynn::__private::assembly(&#cells);
                let #into = #injected(#into);
                let #by = #source;
                ::pynn::__private::into(&mut __net, #into).#method #ty (#name, #by)
            };
        }
    }

    /// The source, its type if it is written, and where to blame it.
    fn source(&self, source: &Value, key: String) -> (TokenStream, Option<TokenStream>, Span) {
        let Some(path) = source.path() else {
            let span = first_span(&source.tokens);
            let ty = source.apparent_type().map(|path| path.tokens());
            return (value::plain(source), ty, span);
        };
        let alias = self.source_alias(&key, &path.tokens());
        self.declare(&alias, &path.tokens());
        let span = path.span();
        let ty = alias.ty_at(span);
        let wrap = |field: &str, written: &TokenStream, value: TokenStream| {
            let span = first_span(written);
            let list = quote_spanned!(span=> ::pynn::__private::list);
            // `[1.0ms, 2.0ms]` for a vector.
            let is_list = matches!(field, "times" | "amplitudes") && path.is("StepCurrentSource");
            is_list.then(|| quote!(#list(#value)))
        };
        let value = match &source.shape {
            Shape::Literal(parts) => {
                let defaults = quote!(::core::default::Default::default());
                value::literal_with(alias.constructor(span), parts, &wrap, &defaults)
            }
            _ => quote!(<#ty as ::core::default::Default>::default()),
        };
        (value, Some(ty), span)
    }

    fn source_alias(&self, key: &str, path: &TokenStream) -> Alias {
        self.alias("Source", &key, path)
    }

    /// Electrodes that become a field of the handle, with the type of their source.
    pub(super) fn labelled_electrodes(&self) -> impl Iterator<Item = (&Inject, TokenStream)> {
        self.network.items.iter().filter_map(|item| {
            let Item::Inject(inject) = item else { return None };
            let label = inject.label.as_ref()?;
            let source = inject.source.as_ref()?;
            let ty = match source.path() {
                Some(path) => self.source_alias(&text(label), &path.tokens()).ty(),
                None => source.apparent_type()?.tokens(),
            };
            (self.names.is_first(label) && self.can_inject(inject)).then_some((inject, ty))
        })
    }

    pub(super) fn unfinished_inject(&self, inject: &Inject) -> TokenStream {
        let end = inject.cells.as_ref().map(|end| self.unfinished_end(end));
        let source = inject.source.as_ref().map(super::hints::unfinished_value);
        quote! { #end #source }
    }
}
