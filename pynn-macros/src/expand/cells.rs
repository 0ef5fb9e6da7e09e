//! Structures, the space, views and assemblies.

use super::{Expansion, value};
use crate::ast::{Assembly, End, Item, Structure, View};
use crate::names::Meaning;
use crate::tokens::{joint, punct};
use crate::tolerant;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};

impl<'a> Expansion<'a> {
    /// The space and the views and assemblies, which may name any population.
    pub(super) fn groups(&self) -> TokenStream {
        let each = self.network.items.iter().map(|item| match item {
            Item::Space(space) => {
                let Some(given) = &space.value else { return TokenStream::new() };
                let method = format_ident!("space", span = space.keyword.span());
                let value = value::computed(given);
                quote!(__net.#method(#value);)
            }
            Item::View(view) if self.names.is_first(&view.name) => self.view(view),
            Item::Assembly(assembly) if self.names.is_first(&assembly.name) => self.assembly(assembly),
            _ => TokenStream::new(),
        });
        each.collect()
    }

    fn view(&self, view: &View) -> TokenStream {
        let Some(end) = &view.end else { return TokenStream::new() };
        if !self.is_cells(end) {
            return self.unfinished_end(end);
        }
        let (name, cells) = (&view.name, self.cells(end));
        let chosen = match &view.choice {
            Some(choice) => {
                let (method, arguments) = (&choice.method, tolerant::expression(&choice.arguments));
                if method == "sample" {
                    quote!(__net.#method(&#cells, #arguments))
                } else {
                    quote!(#cells.#method(#arguments))
                }
            }
            None => quote!(#cells.slice(..)),
        };
        quote! { let #name = #chosen; }
    }

    fn assembly(&self, assembly: &Assembly) -> TokenStream {
        if !self.is_assembled(assembly) {
            return assembly.members.iter().map(|member| self.unfinished_end(member)).collect();
        }
        let name = &assembly.name;
        let mut members = assembly.members.iter();
        let first = members.next().map(|member| self.cells(member));
        let others = members.map(|member| {
            // Blamed is the member that does not fit the first.
            let (blamed, cells) = (format_ident!("__member", span = member.name.span()), self.cells(member));
            quote! {
                let #blamed = &#cells;
                let __cells = ::pynn::__private::joined(__cells, #blamed);
            }
        });
        quote! {
            let #name = {
                let __cells = ::pynn::Assembly::from(&#first);
                #(#others)*
                __cells
            };
        }
    }

    pub(super) fn structure(&self, structure: &Structure) -> TokenStream {
        let (Some(end), Some(given)) = (&structure.end, &structure.value) else {
            return structure.end.as_ref().map(|end| self.unfinished_end(end)).unwrap_or_default();
        };
        if !self.is_placed(end) {
            return self.unfinished_end(end);
        }
        let method = format_ident!("structure", span = structure.keyword.span());
        let value = value::computed(given);
        self.each_member(end, &|population| quote!(__net.#method(#population, #value);))
    }

    /// Whether the end is cells of one population, or of several where it names an assembly.
    pub(super) fn is_cells(&self, end: &End) -> bool {
        match self.names.meaning(&end.name) {
            Some(Meaning::Population(population)) => {
                let brackets = usize::from(population.family.is_some());
                let fits = (brackets..=brackets + 1).contains(&end.brackets.len());
                fits && self.names.placement(population).is_some()
            }
            Some(Meaning::View(view)) => end.brackets.len() <= 1 && self.is_viewed(view),
            Some(Meaning::Assembly(assembly)) => end.brackets.is_empty() && self.is_assembled(assembly),
            _ => false,
        }
    }

    fn is_viewed(&self, view: &View) -> bool {
        view.end.as_ref().is_some_and(|end| {
            self.names.precedes(&end.name, &view.name)
                && !self.names.is_assembly(&end.name)
                && self.is_cells(end)
        })
    }

    fn is_assembled(&self, assembly: &Assembly) -> bool {
        let ready = |member: &End| self.names.precedes(&member.name, &assembly.name) && self.is_cells(member);
        !assembly.members.is_empty() && assembly.members.iter().all(ready)
    }

    /// The views that become a field of the handle.
    pub(super) fn views(&self) -> impl Iterator<Item = &'a View> {
        self.network.items.iter().filter_map(|item| match item {
            Item::View(view) => (self.names.is_first(&view.name) && self.is_viewed(view)).then_some(view),
            _ => None,
        })
    }

    /// The assemblies that become a field of the handle.
    pub(super) fn assemblies(&self) -> impl Iterator<Item = &'a Assembly> {
        self.network.items.iter().filter_map(|item| match item {
            Item::Assembly(assembly) => {
                (self.names.is_first(&assembly.name) && self.is_assembled(assembly)).then_some(assembly)
            }
            _ => None,
        })
    }
}

/// Whether the tokens between brackets are a range: `0..10`, `..n`.
pub(crate) fn is_range(tokens: &TokenStream) -> bool {
    let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
    (0..list.len()).any(|at| joint(list.get(at), '.') && punct(list.get(at + 1), '.'))
}
