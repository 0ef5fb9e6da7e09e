//! A cursor over raw tokens. Values are split at `,` and `;` and kept as they are: never parsed as Rust
//! expressions, so that a half-typed one reaches rustc and rust-analyzer unchanged.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};

/// Words that begin an item and, followed by a name, never occur inside a Rust expression.
const ITEM_WORDS: [&str; 12] = [
    "simulator",
    "population",
    "initial",
    "vary",
    "projection",
    "inject",
    "record",
    "annotate",
    "structure",
    "space",
    "view",
    "assembly",
];

/// A position in a list of token trees.
pub(crate) struct Tokens {
    list: Vec<TokenTree>,
    at: usize,
    end: Span,
}

impl Tokens {
    /// Cursor over `stream`; `end` is where an unexpected end is reported when the stream is empty.
    pub(crate) fn new(stream: TokenStream, end: Span) -> Self {
        let list: Vec<TokenTree> = stream.into_iter().collect();
        let end = list.last().map_or(end, closing_span);
        Self { list, at: 0, end }
    }

    /// Cursor over the contents of a group.
    pub(crate) fn inside(group: &Group) -> Self {
        Self::new(group.stream(), group.span_close())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.list.len()
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.list.get(self.at)
    }

    pub(crate) fn peek_at(&self, ahead: usize) -> Option<&TokenTree> {
        self.list.get(self.at + ahead)
    }

    /// Takes the next token.
    pub(crate) fn bump(&mut self) -> Option<TokenTree> {
        let token = self.list.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    /// Span of the next token, or of the last one at the end.
    pub(crate) fn span(&self) -> Span {
        self.peek().map_or(self.end, opening_span)
    }

    /// Span of the token just taken.
    pub(crate) fn previous_span(&self) -> Span {
        self.at.checked_sub(1).and_then(|at| self.list.get(at)).map_or(self.end, closing_span)
    }

    /// The next token as text for "found ...".
    pub(crate) fn found(&self) -> String {
        match self.peek() {
            None => "the end".to_owned(),
            Some(TokenTree::Group(group)) => match group.delimiter() {
                Delimiter::Parenthesis => "`(`".to_owned(),
                Delimiter::Brace => "`{`".to_owned(),
                Delimiter::Bracket => "`[`".to_owned(),
                Delimiter::None => "an expression".to_owned(),
            },
            Some(token) => format!("`{token}`"),
        }
    }

    pub(crate) fn peek_ident(&self) -> Option<&Ident> {
        ident(self.peek())
    }

    pub(crate) fn peek_word(&self, word: &str) -> bool {
        self.peek_ident().is_some_and(|ident| ident == word)
    }

    pub(crate) fn peek_punct(&self, char: char) -> bool {
        punct(self.peek(), char)
    }

    pub(crate) fn peek_group(&self, delimiter: Delimiter) -> Option<&Group> {
        group(self.peek(), delimiter)
    }

    /// Takes the next token if it is an identifier.
    pub(crate) fn ident(&mut self) -> Option<Ident> {
        let ident = self.peek_ident()?.clone();
        self.at += 1;
        Some(ident)
    }

    pub(crate) fn word(&mut self, word: &str) -> Option<Ident> {
        if self.peek_word(word) { self.ident() } else { None }
    }

    pub(crate) fn punct(&mut self, char: char) -> Option<Span> {
        if !self.peek_punct(char) {
            return None;
        }
        self.bump().map(|token| token.span())
    }

    pub(crate) fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        let group = self.peek_group(delimiter)?.clone();
        self.at += 1;
        Some(group)
    }

    pub(crate) fn peek_arrow(&self) -> bool {
        joint(self.peek(), '-') && punct(self.peek_at(1), '>')
    }

    /// Takes `->`.
    pub(crate) fn arrow(&mut self) -> bool {
        let found = self.peek_arrow();
        self.at += 2 * usize::from(found);
        found
    }

    /// Tokens up to a top-level `,` or `;`, or up to the next item if the `;` was forgotten.
    pub(crate) fn value(&mut self) -> TokenStream {
        let mut taken = TokenStream::new();
        self.closure_parameters(&mut taken);
        while !(self.is_empty() || self.peek_punct(',') || self.ends_statement(taken.is_empty())) {
            if self.at_turbofish() {
                self.generics(&mut taken);
            } else {
                taken.extend(self.bump());
            }
        }
        taken
    }

    /// Tokens up to a top-level `;`, or up to the next item if the `;` was forgotten.
    pub(crate) fn statement(&mut self) -> TokenStream {
        let mut taken = TokenStream::new();
        while !(self.is_empty() || self.ends_statement(taken.is_empty())) {
            taken.extend(self.bump());
        }
        taken
    }

    /// Tokens up to `=`, `;` or a single `:`; the `::` of a path goes on.
    pub(crate) fn pattern(&mut self) -> TokenStream {
        let mut taken = TokenStream::new();
        while !self.is_empty() && !self.at_item() {
            if joint(self.peek(), ':') && punct(self.peek_at(1), ':') {
                taken.extend(self.bump());
            } else if [':', '=', ';'].into_iter().any(|end| self.peek_punct(end)) {
                break;
            }
            taken.extend(self.bump());
        }
        taken
    }

    /// Tokens up to where `stop` says so, or to the end.
    pub(crate) fn take_until(&mut self, stop: impl Fn(&Self) -> bool) -> TokenStream {
        let mut taken = TokenStream::new();
        while !self.is_empty() && !stop(self) {
            taken.extend(self.bump());
        }
        taken
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> TokenStream {
        self.take_until(|_| false)
    }

    /// Whether an item of the block begins here: `population exc`, `record hh`.
    pub(crate) fn at_item(&self) -> bool {
        let begins = self.peek_ident().is_some_and(|word| ITEM_WORDS.iter().any(|item| word == item));
        begins && ident(self.peek_at(1)).is_some_and(|name| name != "as")
    }

    /// Whether an item that begins with one of Rust's own words follows a finished value.
    pub(crate) fn at_statement(&self) -> bool {
        let begins = ["for", "if", "let", "seed"].iter().any(|word| self.peek_word(word));
        let before = self.at.checked_sub(1).and_then(|at| self.list.get(at));
        let after_value = match before {
            Some(TokenTree::Ident(word)) => {
                !["else", "if", "while", "in", "move", "return"].iter().any(|w| word == w)
            }
            Some(TokenTree::Punct(_)) | None => false,
            Some(_) => true,
        };
        begins && after_value
    }

    fn ends_statement(&self, is_start: bool) -> bool {
        self.peek_punct(';') || self.at_item() || (!is_start && self.at_statement())
    }

    /// Skips to just after the next top-level `;`, or to the next item.
    pub(crate) fn recover(&mut self) {
        while !self.is_empty() && !self.at_item() {
            if self.punct(';').is_some() {
                return;
            }
            self.at += 1;
        }
    }

    /// `|a, b|` at the start of a value: its commas separate parameters.
    fn closure_parameters(&mut self, taken: &mut TokenStream) {
        let moved = usize::from(self.peek_word("move"));
        if !punct(self.peek_at(moved), '|') {
            return;
        }
        taken.extend((0..=moved).filter_map(|_| self.bump()));
        while !self.is_empty() && !self.peek_punct(';') {
            let closes = self.peek_punct('|');
            taken.extend(self.bump());
            if closes {
                return;
            }
        }
    }

    fn at_turbofish(&self) -> bool {
        joint(self.peek(), ':') && punct(self.peek_at(1), ':') && punct(self.peek_at(2), '<')
    }

    /// `::<A, B>`: its commas separate types.
    fn generics(&mut self, taken: &mut TokenStream) {
        taken.extend((0..2).filter_map(|_| self.bump()));
        let mut depth = 0_usize;
        while !self.is_empty() && !self.peek_punct(';') {
            let arrow = joint(self.peek(), '-');
            if self.peek_punct('<') {
                depth += 1;
            } else if self.peek_punct('>') {
                depth -= 1;
            }
            taken.extend(self.bump());
            if arrow {
                taken.extend(self.bump());
            }
            if depth == 0 {
                return;
            }
        }
    }
}

/// The token as an identifier.
pub(crate) fn ident(token: Option<&TokenTree>) -> Option<&Ident> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident),
        _ => None,
    }
}

/// Whether the token is this punctuation character.
pub(crate) fn punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// Whether the token is this character, glued to the next one.
pub(crate) fn joint(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char && punct.spacing() == Spacing::Joint)
}

fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

fn opening_span(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_open(),
        token => token.span(),
    }
}

fn closing_span(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_close(),
        token => token.span(),
    }
}
