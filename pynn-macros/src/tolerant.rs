//! Emits values so that the output parses whatever the user is halfway through typing.
//!
//! A value made of the usual parts (paths, calls, operators, closures, struct literals) goes out as it is. Anything
//! else goes through `::pynn::__private::value!`, which hands it on unchanged: what is wrong in it stays in it, and the
//! rest of the block keeps compiling.

use crate::tokens::{ident, joint, punct};
use crate::unit;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

const KEYWORDS: [&str; 26] = [
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "fn", "for", "if", "impl",
    "in", "let", "loop", "match", "mod", "move", "return", "static", "struct", "unsafe", "use", "where",
    "while",
];

/// The value with its units written out, ready for a place where rustc parses an expression.
pub(crate) fn expression(tokens: &TokenStream) -> TokenStream {
    let written = unit::rewrite(tokens.clone());
    if is_expression(&written) { written } else { quote!(::pynn::__private::value! { #written }) }
}

/// The pattern, ready for a place where rustc parses one.
pub(crate) fn pattern(tokens: &TokenStream) -> TokenStream {
    if is_pattern(tokens) { tokens.clone() } else { quote!(::pynn::__private::value! { #tokens }) }
}

/// The condition of an `if`, ready for rustc: an expression, or a chain of `let pattern = expression` and expressions.
pub(crate) fn condition(tokens: &TokenStream) -> TokenStream {
    let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if !list.iter().any(is_let) {
        return expression(tokens);
    }
    let mut written = TokenStream::new();
    let mut rest = list.as_slice();
    while let Some(and) = (0..rest.len()).find(|at| joint(rest.get(*at), '&') && punct(rest.get(at + 1), '&'))
    {
        written.extend(link(&rest[..and]));
        written.extend(rest[and..and + 2].iter().cloned());
        rest = &rest[and + 2..];
    }
    written.extend(link(rest));
    written
}

/// One link of a chain of conditions.
fn link(list: &[TokenTree]) -> TokenStream {
    let Some((keyword, rest)) = list.split_first().filter(|(first, _)| is_let(first)) else {
        return expression(&list.iter().cloned().collect());
    };
    let equals = rest.iter().position(|token| punct(Some(token), '=')).unwrap_or(rest.len());
    let bound = pattern(&rest[..equals].iter().cloned().collect());
    let value = expression(&rest.iter().skip(equals + 1).cloned().collect());
    quote!(#keyword #bound = #value)
}

fn is_let(token: &TokenTree) -> bool {
    ident(Some(token)).is_some_and(|word| word == "let")
}

/// Whether the value begins as a closure does.
pub(crate) fn is_closure(tokens: &TokenStream) -> bool {
    let list: Vec<TokenTree> = tokens.clone().into_iter().take(2).collect();
    Scan { list: &list, at: 0 }.starts_closure()
}

/// Whether rustc's parser surely accepts the tokens as an expression.
pub(crate) fn is_expression(tokens: &TokenStream) -> bool {
    let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
    Scan { list: &list, at: 0 }.whole()
}

/// Whether rustc's parser surely accepts the tokens as a pattern.
pub(crate) fn is_pattern(tokens: &TokenStream) -> bool {
    let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
    Scan { list: &list, at: 0 }.patterns(false)
}

struct Scan<'a> {
    list: &'a [TokenTree],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<&TokenTree> {
        self.list.get(self.at)
    }

    fn done(&self) -> bool {
        self.at >= self.list.len()
    }

    fn eat(&mut self, char: char) -> bool {
        let found = punct(self.peek(), char);
        self.at += usize::from(found);
        found
    }

    /// Two characters that belong together.
    fn eat_pair(&mut self, pair: &str) -> bool {
        let mut chars = pair.chars();
        let (Some(first), Some(second)) = (chars.next(), chars.next()) else { return false };
        let found = joint(self.peek(), first) && punct(self.list.get(self.at + 1), second);
        self.at += 2 * usize::from(found);
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = ident(self.peek()).is_some_and(|ident| ident == word);
        self.at += usize::from(found);
        found
    }

    fn eat_group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    /// The list is one expression.
    fn whole(mut self) -> bool {
        self.value() && self.done()
    }

    /// One expression, up to a comma or the end.
    fn value(&mut self) -> bool {
        if self.starts_closure() {
            return self.closure();
        }
        let mut compared = false;
        let mut ranged = self.range();
        if ranged && self.ends() {
            return self.is_open_range();
        }
        loop {
            if !self.operand() {
                return false;
            }
            if self.ends() {
                return true;
            }
            if self.range() {
                if ranged {
                    return false;
                }
                ranged = true;
                if self.ends() {
                    return self.is_open_range();
                }
            } else if self.comparison() {
                if compared {
                    return false;
                }
                compared = true;
            } else if !self.operator() {
                return false;
            }
        }
    }

    fn ends(&self) -> bool {
        self.done() || punct(self.peek(), ',')
    }

    fn range(&mut self) -> bool {
        let found = self.eat_pair("..");
        if found {
            self.eat('=');
        }
        found
    }

    /// Behind a range operator: `..` needs no end, `..=` does.
    fn is_open_range(&self) -> bool {
        !punct(self.at.checked_sub(1).and_then(|before| self.list.get(before)), '=')
    }

    fn comparison(&mut self) -> bool {
        let shift = joint(self.peek(), '<') && punct(self.list.get(self.at + 1), '<')
            || joint(self.peek(), '>') && punct(self.list.get(self.at + 1), '>');
        if shift {
            return false;
        }
        let pair = ["==", "!=", "<=", ">="].into_iter().any(|pair| self.eat_pair(pair));
        pair || self.eat('<') || self.eat('>')
    }

    fn operator(&mut self) -> bool {
        let pair = ["&&", "||", "<<", ">>"].into_iter().any(|pair| self.eat_pair(pair));
        pair || ['+', '-', '*', '/', '%', '^', '|', '&'].into_iter().any(|char| self.eat(char))
    }

    fn starts_closure(&self) -> bool {
        let moved = usize::from(ident(self.peek()).is_some_and(|word| word == "move"));
        punct(self.list.get(self.at + moved), '|')
    }

    fn closure(&mut self) -> bool {
        self.eat_word("move");
        self.eat('|');
        let start = self.at;
        while !self.done() && !punct(self.peek(), '|') {
            self.at += 1;
        }
        let parameters: TokenStream = self.list[start..self.at].iter().cloned().collect();
        self.eat('|') && is_parameters(&parameters) && self.value()
    }

    fn operand(&mut self) -> bool {
        while ['-', '!', '*', '&'].into_iter().any(|char| self.eat(char)) {
            self.eat_word("mut");
        }
        let primary = match self.peek() {
            Some(TokenTree::Literal(_)) => {
                self.at += 1;
                true
            }
            Some(TokenTree::Group(group)) => {
                let group = group.clone();
                self.at += 1;
                is_contents(&group)
            }
            _ => self.path_operand(),
        };
        primary && self.postfix()
    }

    /// A path, struct literal or macro call.
    fn path_operand(&mut self) -> bool {
        let Some(last) = self.path() else { return false };
        if self.eat('!') {
            let call = matches!(self.peek(), Some(TokenTree::Group(_)));
            self.at += usize::from(call);
            return call;
        }
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let is_type = last.starts_with(|first: char| first.is_uppercase());
                let fields = is_type && is_fields(group.stream());
                self.at += 1;
                fields
            }
            _ => true,
        }
    }

    /// The name of the last segment.
    fn path(&mut self) -> Option<String> {
        self.eat_pair("::");
        loop {
            let name = ident(self.peek())?.to_string();
            if KEYWORDS.contains(&name.as_str()) {
                return None;
            }
            self.at += 1;
            if !self.eat_pair("::") {
                return Some(name);
            }
            if punct(self.peek(), '<') {
                return self.turbofish().then_some(name);
            }
        }
    }

    fn turbofish(&mut self) -> bool {
        let start = self.at;
        let mut depth = 0_usize;
        while !self.done() {
            if self.eat_pair("->") {
                continue;
            }
            match self.peek() {
                token if punct(token, '<') => depth += 1,
                token if punct(token, '>') => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                break;
            }
        }
        let generics: TokenStream = self.list[start..self.at].iter().cloned().collect();
        depth == 0 && syn::parse2::<syn::AngleBracketedGenericArguments>(generics).is_ok()
    }

    fn postfix(&mut self) -> bool {
        loop {
            if joint(self.peek(), '.') && punct(self.list.get(self.at + 1), '.') {
                return true;
            }
            if self.eat('?') {
                continue;
            }
            if self.eat('.') {
                let member = match self.peek() {
                    Some(TokenTree::Ident(name)) => !KEYWORDS.contains(&name.to_string().as_str()),
                    Some(TokenTree::Literal(_)) => true,
                    _ => false,
                };
                self.at += 1;
                if !member || self.eat_pair("::") && !self.turbofish() {
                    return false;
                }
                continue;
            }
            match self.peek() {
                Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::Brace => {
                    let group = group.clone();
                    self.at += 1;
                    let is_index = group.delimiter() == Delimiter::Bracket;
                    if !(if is_index { is_expression(&group.stream()) } else { is_contents(&group) }) {
                        return false;
                    }
                }
                _ => return true,
            }
        }
    }

    /// Comma-separated patterns, perhaps typed as a closure's parameters are.
    fn patterns(mut self, typed: bool) -> bool {
        while !self.done() {
            if !self.pattern() {
                return false;
            }
            if typed && self.eat(':') {
                let start = self.at;
                while !self.ends() {
                    self.at += 1;
                }
                let ty: TokenStream = self.list[start..self.at].iter().cloned().collect();
                if syn::parse2::<syn::Type>(ty).is_err() {
                    return false;
                }
            }
            if !self.done() && !self.eat(',') {
                return false;
            }
        }
        true
    }

    fn pattern(&mut self) -> bool {
        while self.eat('&') {}
        let _ = self.eat_word("ref");
        let _ = self.eat_word("mut");
        if self.eat('_') {
            return true;
        }
        match self.peek() {
            Some(TokenTree::Ident(_)) => {
                let path = self.path().is_some();
                match self.eat_group(Delimiter::Parenthesis) {
                    Some(fields) => path && is_pattern(&fields.stream()),
                    None => path,
                }
            }
            Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::Brace => {
                let stream = group.stream();
                self.at += 1;
                is_pattern(&stream)
            }
            _ => false,
        }
    }
}

fn is_parameters(tokens: &TokenStream) -> bool {
    let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
    Scan { list: &list, at: 0 }.patterns(true)
}

/// The inside of parentheses or brackets: expressions between commas, or `[value; count]`.
fn is_contents(group: &Group) -> bool {
    let list: Vec<TokenTree> = group.stream().into_iter().collect();
    match group.delimiter() {
        Delimiter::None => return true,
        Delimiter::Brace => return false,
        Delimiter::Bracket => {
            if let Some(at) = list.iter().position(|token| punct(Some(token), ';')) {
                let (value, count) = (&list[..at], &list[at + 1..]);
                return Scan { list: value, at: 0 }.whole() && Scan { list: count, at: 0 }.whole();
            }
        }
        Delimiter::Parenthesis => {}
    }
    let mut scan = Scan { list: &list, at: 0 };
    while !scan.done() {
        if !scan.value() || !(scan.done() || scan.eat(',')) {
            return false;
        }
    }
    true
}

/// The inside of a struct literal.
fn is_fields(stream: TokenStream) -> bool {
    let list: Vec<TokenTree> = stream.into_iter().collect();
    let mut scan = Scan { list: &list, at: 0 };
    while !scan.done() {
        if scan.eat_pair("..") {
            return scan.done() || scan.whole();
        }
        if ident(scan.peek()).is_none() {
            return false;
        }
        scan.at += 1;
        let field = !scan.eat(':') || scan.value();
        if !field || !(scan.done() || scan.eat(',')) {
            return false;
        }
    }
    true
}
