//! Values: a bare type name, a struct literal, or any other Rust expression.

use crate::tokens::{Tokens, ident, joint, punct};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::PathArguments::{self, AngleBracketed, Parenthesized};

/// A value as written, with the shape the macro gives a meaning to.
pub(crate) struct Value {
    pub(crate) shape: Shape,
    /// `sim2` of `sim2::AllToAll`: the first segment of a path with several.
    pub(crate) qualifier: Option<Ident>,
    pub(crate) tokens: TokenStream,
}

pub(crate) enum Shape {
    /// `AllToAll`: the type's default.
    Path(Path),
    /// `FixedProbability { p_connect: 0.1, .. }`.
    Literal(Literal),
    /// Anything else.
    Expression,
}

/// A path to a type.
pub(crate) struct Path {
    path: syn::Path,
}

pub(crate) struct Literal {
    pub(crate) path: Path,
    pub(crate) fields: Vec<Field>,
    pub(crate) base: Option<Base>,
    pub(crate) brace: Group,
}

pub(crate) struct Field {
    /// The name before the colon, or the shorthand itself.
    pub(crate) name: Option<Ident>,
    /// What stands behind the colon; `None` for the shorthand `name`.
    pub(crate) value: Option<Value>,
    /// The whole entry, for one that is not understood.
    pub(crate) tokens: TokenStream,
}

/// `..` or `..base` at the end of a struct literal.
pub(crate) struct Base {
    pub(crate) dots: TokenStream,
    pub(crate) value: TokenStream,
}

impl Value {
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let qualifier = match ident(list.first()) {
            Some(first) if joint(list.get(1), ':') && punct(list.get(2), ':') => Some(first.clone()),
            _ => None,
        };
        Self { shape: Shape::parse(&list), qualifier, tokens }
    }

    /// The same without `sim2::` in front.
    pub(crate) fn without_qualifier(&self) -> Self {
        Self::parse(self.tokens.clone().into_iter().skip(3).collect())
    }

    /// The path of a bare type name or a struct literal.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.shape {
            Shape::Path(path) => Some(path),
            Shape::Literal(literal) => Some(&literal.path),
            Shape::Expression => None,
        }
    }

    /// The type of the value as far as it can be seen: also of `C::new(..)`.
    pub(crate) fn apparent_type(&self) -> Option<Path> {
        let list: Vec<TokenTree> = self.tokens.clone().into_iter().collect();
        match &self.shape {
            Shape::Path(path) | Shape::Literal(Literal { path, .. }) => {
                Some(Path { path: path.path.clone() })
            }
            Shape::Expression => Path::constructed(&list),
        }
    }

    /// The entry for `name` in a struct literal.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        let Shape::Literal(literal) = &self.shape else { return None };
        literal.fields.iter().find(|field| field.name.as_ref().is_some_and(|ident| ident == name))
    }

    /// Where rustc should point for the type of this value.
    pub(crate) fn type_span(&self) -> Span {
        self.path().map_or_else(|| first_span(&self.tokens), Path::span)
    }
}

impl Shape {
    fn parse(list: &[TokenTree]) -> Self {
        let literal = match list.split_last() {
            Some((TokenTree::Group(brace), path)) if brace.delimiter() == Delimiter::Brace => {
                Path::parse(path).map(|path| Literal::parse(path, brace))
            }
            _ => None,
        };
        match (literal, Path::parse(list)) {
            (Some(literal), _) => Shape::Literal(literal),
            (None, Some(path)) if path.is_camel_case() => Shape::Path(path),
            _ => Shape::Expression,
        }
    }
}

impl Path {
    /// The whole list as one path `a::b::C::<T>`, also with `C<T>`.
    fn parse(list: &[TokenTree]) -> Option<Self> {
        let begins = matches!(list.first()?, TokenTree::Ident(_)) || joint(list.first(), ':');
        let path = syn::parse2::<syn::Path>(list.iter().cloned().collect()).ok().filter(|_| begins)?;
        let call = path.segments.iter().any(|segment| matches!(segment.arguments, Parenthesized(_)));
        (!call).then_some(Self { path })
    }

    /// `C` of the calls `C::new(..)` and `C(..)`.
    fn constructed(list: &[TokenTree]) -> Option<Self> {
        let call = list.iter().position(
            |token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis),
        )?;
        let mut path = Self::parse(&list[..call])?;
        if !path.is_camel_case() {
            path.path.segments.pop()?;
            path.path.segments.pop_punct();
        }
        path.is_camel_case().then_some(path)
    }

    /// `IfCurrExp` is a type; `SYNAPSE` and `synapse` are values.
    fn is_camel_case(&self) -> bool {
        let Some(last) = self.path.segments.last() else { return false };
        let name = last.ident.to_string();
        let upper = name.starts_with(|first: char| first.is_uppercase());
        upper && (name.len() == 1 || name.contains(|char: char| char.is_lowercase()))
    }

    /// Whether the type is called `name`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.path.segments.last().is_some_and(|last| last.ident == name)
    }

    /// Span of the type's own name, the last segment.
    pub(crate) fn span(&self) -> Span {
        self.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span())
    }

    pub(crate) fn tokens(&self) -> TokenStream {
        self.path.to_token_stream()
    }

    /// Whether the user wrote the type's generics.
    pub(crate) fn has_generics(&self) -> bool {
        self.path.segments.last().is_some_and(|last| !matches!(last.arguments, PathArguments::None))
    }

    /// The path without the generics of its last segment.
    pub(crate) fn bare(&self) -> TokenStream {
        let mut path = self.path.clone();
        if let Some(last) = path.segments.last_mut() {
            last.arguments = PathArguments::None;
        }
        path.to_token_stream()
    }

    /// The path as it must be spelled in an expression: `C::<T>`, not `C<T>`.
    pub(crate) fn in_expression(&self) -> TokenStream {
        let mut path = self.path.clone();
        for segment in &mut path.segments {
            if let AngleBracketed(generics) = &mut segment.arguments {
                generics.colon2_token.get_or_insert_default();
            }
        }
        path.to_token_stream()
    }
}

impl Literal {
    fn parse(path: Path, brace: &Group) -> Self {
        let mut tokens = Tokens::inside(brace);
        let (mut fields, mut base) = (Vec::new(), None);
        while !tokens.is_empty() {
            if joint(tokens.peek(), '.') && punct(tokens.peek_at(1), '.') {
                let dots = [tokens.bump(), tokens.bump()].into_iter().flatten().collect();
                base = Some(Base { dots, value: tokens.rest() });
                break;
            }
            let entry = tokens.take_entry();
            if !entry.is_empty() {
                fields.push(Field::parse(entry));
            }
        }
        Self { path, fields, base, brace: brace.clone() }
    }
}

impl Tokens {
    /// One `name: value` of a struct literal, with the comma taken off.
    fn take_entry(&mut self) -> TokenStream {
        let mut entry = TokenStream::new();
        let colon = punct(self.peek_at(1), ':') && !joint(self.peek_at(1), ':');
        if self.peek_ident().is_some() && colon {
            entry.extend([self.bump(), self.bump()].into_iter().flatten());
        }
        entry.extend(self.value());
        // A `;` has no place here; keep it for rustc to point at.
        if self.punct(',').is_none() {
            entry.extend(self.bump());
        }
        entry
    }
}

impl Field {
    fn parse(tokens: TokenStream) -> Self {
        let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let name = ident(list.first()).cloned();
        match list.get(1) {
            None if name.is_some() => Self { name, value: None, tokens },
            Some(TokenTree::Punct(colon)) if name.is_some() && colon.as_char() == ':' => {
                let value = Value::parse(list[2..].iter().cloned().collect());
                Self { name, value: Some(value), tokens }
            }
            _ => Self { name: None, value: None, tokens },
        }
    }
}

/// Span of the first token, or the whole block's when there is none.
pub(crate) fn first_span(tokens: &TokenStream) -> Span {
    match tokens.clone().into_iter().next() {
        Some(TokenTree::Group(group)) => group.span_open(),
        Some(token) => token.span(),
        None => Span::call_site(),
    }
}
