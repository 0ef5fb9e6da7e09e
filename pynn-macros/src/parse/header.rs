//! The struct at the top of a block.

use super::Parser;
use crate::ast::{Header, Param};
use crate::tokens::Tokens;
use proc_macro2::{Delimiter, Group, TokenStream};
use syn::parse::{ParseStream, Parser as _};
use syn::{Field, Generics, Ident, Result, Token, Visibility, WhereClause};

const SHAPE: &str = "a network begins with a struct: `pub struct Name { n: usize }`, or `pub struct Name {}`";

impl Parser<'_> {
    pub(super) fn header(&mut self, tokens: &mut Tokens) -> Option<Header> {
        let attrs = self.attributes(tokens);
        let start = tokens.span();
        if tokens.is_empty() {
            self.errors.at(start, SHAPE);
            return None;
        }
        let signature = tokens.take_until(|tokens| {
            tokens.peek_group(Delimiter::Brace).is_some() || tokens.peek_punct(';') || tokens.at_item()
        });
        let is_missing = signature.is_empty();
        let (vis, name, generics) = match signature_of.parse2(signature) {
            Ok(signature) => signature,
            Err(error) => {
                let place = if is_missing { start } else { error.span() };
                self.errors.at(place, SHAPE);
                return None;
            }
        };
        let params = match tokens.group(Delimiter::Brace) {
            Some(braces) => self.params(&braces),
            None => {
                let message = format!("the fields of `{name}` are missing; {SHAPE}");
                self.errors.at(tokens.previous_span(), message);
                Vec::new()
            }
        };
        Some(Header { attrs, vis, name, generics, params })
    }

    /// The fields that could be read.
    fn params(&mut self, braces: &Group) -> Vec<Param> {
        let mut fields = Vec::new();
        let collect = |input: ParseStream<'_>| collect_fields(input, &mut fields);
        if let Err(error) = collect.parse2(braces.stream()) {
            let message = format!(
                "{error}; the struct's fields are the arguments of `build`: `n: usize, rate: Frequency`"
            );
            self.errors.at(error.span(), message);
        }
        fields.into_iter().filter_map(|field| self.param(field)).collect()
    }

    fn param(&mut self, field: Field) -> Option<Param> {
        if !matches!(field.vis, Visibility::Inherited) {
            self.errors
                .over(&field.vis, "the struct's fields are the arguments of `build` and have no visibility");
        }
        Some(Param { attrs: field.attrs, name: field.ident?, ty: field.ty })
    }
}

fn signature_of(input: ParseStream<'_>) -> Result<(Visibility, Ident, Generics)> {
    let vis: Visibility = input.parse()?;
    input.parse::<Token![struct]>()?;
    let name: Ident = input.parse()?;
    let mut generics: Generics = input.parse()?;
    generics.where_clause = input.parse::<Option<WhereClause>>()?;
    Ok((vis, name, generics))
}

fn collect_fields(input: ParseStream<'_>, fields: &mut Vec<Field>) -> Result<()> {
    while !input.is_empty() {
        match Field::parse_named(input).and_then(|field| separated(input, field)) {
            Ok(field) => fields.push(field),
            Err(error) => {
                input.parse::<TokenStream>()?;
                return Err(error);
            }
        }
    }
    Ok(())
}

fn separated(input: ParseStream<'_>, field: Field) -> Result<Field> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(field)
}
