//! For rust-analyzer: what stands in for the unfinished parts, so that names complete while they are typed.

use super::{Expansion, value};
use crate::ast::{Assign, AssignKind, End, Projection, Record};
use crate::value::Value;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A stray word where an item should begin completes to the keywords.
pub(super) fn keywords(strays: &[Ident]) -> TokenStream {
    quote! { #(const _: () = ::pynn::__private::keyword::#strays;)* }
}

impl Expansion<'_> {
    pub(super) fn unfinished_projection(&self, projection: &Projection) -> TokenStream {
        let ends = projection.pre.iter().chain(&projection.post).map(|end| self.unfinished_end(end));
        let receptor = projection.post.as_ref().map(|end| self.part(end, &quote!(receptors)));
        // The types of a synapse come from its target; without one, rustc would ask for them.
        let connector = projection.connector.as_ref().filter(|_| projection.synapse.is_none());
        let connector = connector.map(unfinished_value);
        quote! { #(#ends)* #receptor #connector }
    }

    pub(super) fn unfinished_assign(&self, assign: &Assign) -> TokenStream {
        let Some(end) = &assign.end else { return TokenStream::new() };
        let companion = companion(assign.kind);
        let (population, part) = (self.unfinished_end(end), self.part(end, &companion));
        quote! { #population #part }
    }

    pub(super) fn unfinished_record(&self, record: &Record) -> TokenStream {
        record.end.as_ref().map(|end| self.unfinished_end(end)).unwrap_or_default()
    }

    pub(super) fn unfinished_end(&self, end: &End) -> TokenStream {
        let name = &end.name;
        quote! { let _ = &#name; }
    }

    fn part(&self, end: &End, companion: &TokenStream) -> TokenStream {
        let placed = self.names.root(&end.name).and_then(|population| self.names.placement(population));
        let (Some(part), Some(_)) = (&end.part, placed) else { return TokenStream::new() };
        let cell = self.cell_type(end);
        quote! { let _ = <#cell as ::pynn::cell::CellType>::#companion().#part; }
    }
}

pub(super) fn unfinished_value(given: &Value) -> TokenStream {
    let value = value::plain(given);
    quote! { let _ = #value; }
}

/// The method of `CellType` that gives the names to assign to.
pub(super) fn companion(kind: AssignKind) -> TokenStream {
    match kind {
        AssignKind::Initial => quote!(states),
        AssignKind::Vary => quote!(parameters),
    }
}
