//! What went wrong, in the user's words.

use std::fmt;

/// A result with pynn's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The description of the network is wrong: a parameter, a delay, a size, a connector.
    Description,
    /// The network cannot be put on the ranks that there are.
    Placement,
    /// Something was asked of the simulation at the wrong time: a run into the past, data not recorded.
    Usage,
    /// A simulator failed while it was built or advanced.
    Simulator,
    /// Another rank failed, panicked or was killed.
    PeerFailed,
    /// Another rank did not answer within the deadline.
    Timeout,
    /// The ranks cannot talk to each other, or do not agree on the description.
    Transport,
    /// A file could not be read, written or understood.
    File,
}

/// An error that names what the user wrote (population, projection, parameter, value) and says what to do.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl Error {
    /// An error of `kind` whose text is `message`: lower case, no full stop at the end, with the remedy.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// An error of kind [`ErrorKind::Description`].
    pub fn description(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Description, message)
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same error with `context: ` in front of its text.
    #[must_use]
    pub fn in_context(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// One error that lists `errors`, or `Ok` if there are none.
    ///
    /// # Errors
    /// When `errors` is not empty; its kind is that of the first.
    pub fn all(errors: Vec<Error>) -> Result<()> {
        let mut errors = errors.into_iter();
        let Some(first) = errors.next() else { return Ok(()) };
        let rest: Vec<Error> = errors.collect();
        if rest.is_empty() {
            return Err(first);
        }
        let mut message = format!("{} mistakes in the description:", rest.len() + 1);
        for error in std::iter::once(&first).chain(&rest) {
            message.push_str("\n  - ");
            message.push_str(&error.message);
        }
        Err(Error { kind: first.kind, message })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// As [`Display`](fmt::Display): `main` prints a returned error by `Debug`, and that is a user's first sight of it.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
