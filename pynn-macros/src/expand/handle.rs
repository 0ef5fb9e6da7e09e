//! The struct that `build` returns: one field a population, family, view, assembly, labelled projection and labelled
//! electrode.

use super::Expansion;
use crate::ast::{Inject, Item, Population, Projection, Simulator};
use proc_macro2::Ident;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, GenericParam};

impl Expansion<'_> {
    pub(super) fn handle(&self) -> TokenStream {
        let header = &self.network.header;
        let (attrs, vis, name, generics) = (&header.attrs, &header.vis, &header.name, &header.generics);
        let (impl_generics, arguments, predicates) = generics.split_for_impl();
        let populations =
            self.placed().map(|(population, simulator)| self.population_field(population, simulator));
        let views = self.views().map(|view| self.cells_field(&view.attrs, &view.name, "View"));
        let assemblies = self.assemblies().map(|all| self.cells_field(&all.attrs, &all.name, "Assembly"));
        let projections = self.labelled().map(|projection| self.projection_field(projection));
        let electrodes = self.labelled_electrodes().map(|(inject, ty)| self.electrode_field(inject, &ty));
        let marker = self.marker();
        quote! {
            #(#attrs)*
            #[allow(dead_code, reason = "not every population is asked for something")]
            #vis struct #name #generics #predicates {
                #(#populations)*
                #(#views)*
                #(#assemblies)*
                #(#projections)*
                #(#electrodes)*
                #[doc(hidden)]
                __network: ::pynn::Network,
                #[doc(hidden)]
                __marker: ::core::marker::PhantomData<#marker>,
            }

            impl #impl_generics ::pynn::Model for #name #arguments #predicates {
                fn network(&self) -> &::pynn::Network {
                    &self.__network
                }
            }
        }
    }

    fn population_field(&self, population: &Population, simulator: &Simulator) -> TokenStream {
        let (vis, name) = (&self.network.header.vis, &population.name);
        let (backend, cell) = (self.backend(simulator).ty(), self.cell(population).ty());
        let one = quote!(::pynn::Population<#backend, #cell>);
        let (ty, what) = match population.family {
            Some(_) => (quote!(::std::vec::Vec<#one>), "The family of populations"),
            None => (one, "The population"),
        };
        let docs = docs_or(&population.attrs, &format!("{what} `{name}` on `{}`.", simulator.name));
        quote! { #docs #vis #name: #ty, }
    }

    /// The field of a view or an assembly.
    fn cells_field(&self, attrs: &[Attribute], name: &Ident, kind: &str) -> TokenStream {
        let Some(population) = self.names.root(name) else { return TokenStream::new() };
        let Some(simulator) = self.names.placement(population) else { return TokenStream::new() };
        let (backend, cell) = (self.backend(simulator).ty(), self.cell(population).ty());
        let docs = docs_or(attrs, &format!("The {} `{name}`.", kind.to_lowercase()));
        let (vis, ty) = (&self.network.header.vis, format_ident!("{kind}"));
        quote! { #docs #vis #name: ::pynn::#ty<#backend, #cell>, }
    }

    fn projection_field(&self, projection: &Projection) -> TokenStream {
        let (vis, label) = (&self.network.header.vis, &projection.label);
        let docs = docs_or(&projection.attrs, &format!("The projection `{}`.", label.to_token_stream()));
        quote! { #docs #vis #label: ::pynn::Projection, }
    }

    fn electrode_field(&self, inject: &Inject, ty: &TokenStream) -> TokenStream {
        let (vis, label) = (&self.network.header.vis, &inject.label);
        let docs = docs_or(&inject.attrs, &format!("The electrode `{}`.", label.to_token_stream()));
        quote! { #docs #vis #label: ::pynn::Electrode<#ty>, }
    }

    /// Projections that become a field of the handle.
    pub(super) fn labelled(&self) -> impl Iterator<Item = &Projection> {
        self.network.items.iter().filter_map(|item| match item {
            Item::Projection(projection) => {
                let label = projection.label.as_ref()?;
                (self.names.is_first(label) && self.can_expand(projection)).then_some(projection)
            }
            _ => None,
        })
    }

    /// Uses every generic parameter, so that none has to occur in a field.
    fn marker(&self) -> TokenStream {
        let each = self.network.header.generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.to_token_stream()),
            GenericParam::Lifetime(param) => {
                let lifetime = &param.lifetime;
                Some(quote!(&#lifetime ()))
            }
            GenericParam::Const(_) => None,
        });
        quote!(fn() -> (#(#each,)*))
    }
}

/// The user's docs, or words for a field that has none.
fn docs_or(attrs: &[Attribute], words: &str) -> TokenStream {
    let docs: Vec<&Attribute> = attrs.iter().filter(|attr| attr.path().is_ident("doc")).collect();
    if docs.is_empty() { quote!(#[doc = #words]) } else { quote!(#(#docs)*) }
}
