//! Tree -> the code a user could write by hand with `NetworkBuilder`.
//!
//! Spans follow two rules. A token that rustc should blame keeps the user's span; scaffolding is spanned at the whole
//! block, so that "go to definition" offers only what the user wrote. And each path of the user is written once,
//! behind a hidden alias, so that one typo gives one error.

mod build;
mod cells;
mod declare;
mod handle;
mod hints;
mod inject;
mod projection;
mod statements;
mod value;

pub(crate) use cells::is_range;

use crate::ast::{Item, Network, Population, Simulator};
use crate::names::Names;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::cell::RefCell;
use syn::GenericParam;

pub(crate) fn expand(network: &Network, names: &Names<'_>) -> TokenStream {
    let expansion = Expansion { network, names, aliases: RefCell::default(), bounds: RefCell::default() };
    let build = expansion.build();
    let handle = expansion.handle();
    let hints = hints::keywords(&network.strays);
    let aliases = expansion.aliases.take();
    quote! { #hints #handle #(#aliases)* #build }
}

struct Expansion<'a> {
    network: &'a Network,
    names: &'a Names<'a>,
    /// `type` items that stand for the user's paths.
    aliases: RefCell<Vec<TokenStream>>,
    /// What `build` demands of the backends that are type parameters.
    bounds: RefCell<Vec<TokenStream>>,
}

impl<'a> Expansion<'a> {
    /// Whether the tokens name one of the header's type or const parameters.
    fn is_generic(&self, tokens: &TokenStream) -> bool {
        !self.generics_in(tokens).is_empty()
    }

    /// The header's parameters that occur in the tokens, in the header's order.
    fn generics_in(&self, tokens: &TokenStream) -> Vec<&'a GenericParam> {
        let used = identifiers(tokens.clone());
        let occurs = |param: &&GenericParam| match param {
            GenericParam::Type(param) => used.contains(&param.ident.to_string()),
            GenericParam::Const(param) => used.contains(&param.ident.to_string()),
            GenericParam::Lifetime(param) => used.contains(&param.lifetime.ident.to_string()),
        };
        self.network.header.generics.params.iter().filter(occurs).collect()
    }

    /// Whether the tokens are one of the header's type parameters.
    fn is_parameter(&self, tokens: &TokenStream) -> bool {
        tokens.clone().into_iter().count() == 1 && self.is_generic(tokens)
    }

    /// Writes `type` for an alias.
    fn declare(&self, alias: &Alias, path: &TokenStream) {
        let generics = self.generics_in(path).into_iter().map(|param| match param {
            GenericParam::Const(param) => {
                let (name, ty) = (&param.ident, &param.ty);
                quote!(const #name: #ty)
            }
            param => argument(param),
        });
        let (name, generics) = (&alias.ident, in_angles(generics));
        self.aliases.borrow_mut().push(quote! {
            #[doc(hidden)]
            #[allow(non_camel_case_types, dead_code, reason = "a name of the macro's own")]
            type #name #generics = #path;
        });
    }

    /// The backend of a simulator, as a type.
    fn backend(&self, simulator: &Simulator) -> Alias {
        let tokens = simulator.backend.to_token_stream();
        match syn::parse2::<Ident>(tokens.clone()) {
            Ok(ident) if self.is_parameter(&tokens) => Alias { ident, arguments: TokenStream::new() },
            _ => self.alias("Backend", &simulator.name, &tokens),
        }
    }

    /// The cell type of a population, as a type.
    fn cell(&self, population: &Population) -> Alias {
        let path = population.cell.as_ref().and_then(|cell| cell.apparent_type());
        let path = path.map(|path| path.tokens()).unwrap_or_default();
        self.alias("Cell", &population.name, &path)
    }

    /// `__{role}_{network}_{name}`, the name for a path, with the generics that the path needs. The place of the block is in
    /// it too: of two blocks of one name rustc then reports that name and not each alias.
    fn alias(&self, role: &str, name: &dyn ToString, path: &TokenStream) -> Alias {
        let name = name.to_string();
        let name = name.trim_start_matches("r#");
        let network = &self.network.header.name;
        let ident = format_ident!("__{role}_{network}_{name}{}", place(network), span = Span::call_site());
        Alias { ident, arguments: in_angles(self.generics_in(path).into_iter().map(argument)) }
    }

    /// Populations that can be expanded, with their simulators.
    fn placed(&self) -> impl Iterator<Item = (&'a Population, &'a Simulator)> {
        let populations = self.network.items.iter().filter_map(|item| match item {
            Item::Population(population) if self.names.is_first(&population.name) => Some(population),
            _ => None,
        });
        populations.filter_map(|population| Some((population, self.names.placement(population)?)))
    }
}

/// Line and column of a name, where rustc tells them.
fn place(name: &Ident) -> String {
    if !proc_macro::is_available() {
        return String::new();
    }
    let span = name.span().unwrap();
    format!("_{}_{}", span.line(), span.column())
}

/// A hidden name for a path of the user's.
struct Alias {
    ident: Ident,
    arguments: TokenStream,
}

impl Alias {
    /// As a type.
    fn ty(&self) -> TokenStream {
        let Self { ident, arguments } = self;
        quote!(#ident #arguments)
    }

    /// As a type, blamed at `span`.
    fn ty_at(&self, span: Span) -> TokenStream {
        let mut ident = self.ident.clone();
        ident.set_span(span);
        let arguments = respan(self.arguments.clone(), span);
        quote!(#ident #arguments)
    }

    /// In front of the braces of a struct literal, blamed at `span`.
    fn constructor(&self, span: Span) -> TokenStream {
        let mut ident = self.ident.clone();
        ident.set_span(span);
        let Self { arguments, .. } = self;
        if arguments.is_empty() { quote!(#ident) } else { quote!(#ident::#arguments) }
    }
}

/// `<A, B>`, or nothing.
fn in_angles(list: impl Iterator<Item = TokenStream>) -> TokenStream {
    let list: Vec<TokenStream> = list.collect();
    if list.is_empty() { TokenStream::new() } else { quote!(<#(#list),*>) }
}

fn argument(param: &GenericParam) -> TokenStream {
    match param {
        GenericParam::Type(param) => param.ident.to_token_stream(),
        GenericParam::Const(param) => param.ident.to_token_stream(),
        GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
    }
}

/// Every identifier of the tokens, at any depth.
fn identifiers(tokens: TokenStream) -> Vec<String> {
    let each = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(ident) => vec![ident.to_string()],
        TokenTree::Group(group) => identifiers(group.stream()),
        _ => Vec::new(),
    });
    each.collect()
}

/// The tokens, blamed at `span`.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let each = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            token = proc_macro2::Group::new(group.delimiter(), respan(group.stream(), span)).into();
        }
        token.set_span(span);
        token
    });
    each.collect()
}
