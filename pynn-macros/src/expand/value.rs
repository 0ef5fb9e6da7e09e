//! Values as expressions.

use crate::tolerant;
use crate::unit;
use crate::value::{Field, Literal, Shape, Value};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// How the value of one field is wrapped; gets the field's name, its value as written, and its expression.
pub(super) type Wrap<'w> = &'w dyn Fn(&str, &TokenStream, TokenStream) -> Option<TokenStream>;

/// A value where any Rust expression may stand.
pub(super) fn plain(value: &Value) -> TokenStream {
    match &value.shape {
        Shape::Literal(parts) => literal(parts.path.in_expression(), parts),
        Shape::Path(path) => {
            let path = path.in_expression();
            quote!(#path::default())
        }
        Shape::Expression => tolerant::expression(&value.tokens),
    }
}

/// A value that is computed: only struct literals have a meaning of their own, for their `..`.
pub(super) fn computed(value: &Value) -> TokenStream {
    match &value.shape {
        Shape::Literal(_) => plain(value),
        _ => tolerant::expression(&value.tokens),
    }
}

/// A closure's parameters get their types from the function around it, `of_cell` or `of_pair`.
pub(super) fn typed_closure(written: &TokenStream, value: TokenStream, around: TokenStream) -> TokenStream {
    if !tolerant::is_closure(written) {
        return value;
    }
    // rustc's caret goes on to the parenthesis.
    let last = written.clone().into_iter().last().map_or_else(Span::call_site, |last| last.span());
    let mut argument = Group::new(Delimiter::Parenthesis, value);
    argument.set_span(last);
    quote!(#around #argument)
}

/// `constructor { fields, ..base }`; a bare `..` stands for the default.
pub(super) fn literal(constructor: TokenStream, parts: &Literal) -> TokenStream {
    literal_with(constructor, parts, &|_, _, _| None, &quote!(::core::default::Default::default()))
}

/// The same with fields that are wrapped, and another meaning of `..`.
pub(super) fn literal_with(
    constructor: TokenStream,
    literal: &Literal,
    wrap: Wrap<'_>,
    defaults: &TokenStream,
) -> TokenStream {
    let mut body = TokenStream::new();
    for field in &literal.fields {
        body.extend(entry(field, wrap));
    }
    if let Some(base) = &literal.base {
        let value = if base.value.is_empty() { defaults.clone() } else { tolerant::expression(&base.value) };
        body.extend(base.dots.clone());
        body.extend(value);
    }
    let mut braces = Group::new(Delimiter::Brace, body);
    braces.set_span(literal.brace.span());
    let mut written = constructor;
    written.extend([TokenTree::Group(braces)]);
    // What could not be understood must not break the block.
    let understood = literal.fields.iter().all(|field| field.name.is_some());
    if understood { written } else { quote!(::pynn::__private::value! { #written }) }
}

fn entry(field: &Field, wrap: Wrap<'_>) -> TokenStream {
    let Some(name) = &field.name else {
        let tokens = unit::rewrite(field.tokens.clone());
        return quote!(#tokens,);
    };
    let given = match &field.value {
        None => None,
        Some(value) if value.tokens.is_empty() => Some(quote!(::pynn::__private::value! {})),
        Some(value) => match &value.shape {
            Shape::Literal(parts) => Some(literal(parts.path.in_expression(), parts)),
            _ => Some(tolerant::expression(&value.tokens)),
        },
    };
    let expression = given.clone().unwrap_or_else(|| name.to_token_stream());
    let raw = field.value.as_ref().map_or_else(|| name.to_token_stream(), |value| value.tokens.clone());
    match (wrap(&name.to_string(), &raw, expression), given) {
        (Some(wrapped), _) => quote!(#name: #wrapped,),
        (None, Some(given)) => quote!(#name: #given,),
        (None, None) => quote!(#name,),
    }
}
