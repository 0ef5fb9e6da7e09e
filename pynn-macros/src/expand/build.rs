//! `build`: its signature, docs and frame.

use super::Expansion;
use super::projection::text;
use crate::ast::Param;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
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
        let groups = self.groups();
        let numbers = Cell::new(0);
        let statements = self.statements(&self.network.items, &numbers, true);
        let fields = self.placed().map(|(population, _)| &population.name);
        let (views, assemblies) =
            (self.views().map(|view| &view.name), self.assemblies().map(|all| &all.name));
        let labels = self.labelled().filter_map(|projection| projection.label.as_ref());
        let electrodes = self.labelled_electrodes().filter_map(|(inject, _)| inject.label.as_ref());
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
                    #groups
                    #statements
                    ::core::result::Result::Ok(Self {
                        #(#fields,)*
                        #(#views,)*
                        #(#assemblies,)*
                        #(#labels,)*
                        #(#electrodes,)*
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
