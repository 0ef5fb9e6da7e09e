//! What ranks tell each other besides spikes, as 64-bit words.

use pynn_core::error::{Error, ErrorKind};

#[cfg(any(test, feature = "mpi"))]
use crate::transport::Failure;

const KINDS: [ErrorKind; 8] = [
    ErrorKind::Description,
    ErrorKind::Placement,
    ErrorKind::Usage,
    ErrorKind::Simulator,
    ErrorKind::PeerFailed,
    ErrorKind::Timeout,
    ErrorKind::Transport,
    ErrorKind::File,
];

/// Appends a length and the bytes of `text`.
pub(crate) fn put_text(words: &mut Vec<u64>, text: &str) {
    words.push(text.len() as u64);
    words.extend(text.as_bytes().chunks(8).map(|chunk| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(bytes)
    }));
}

/// Reads words one after the other; what is missing reads as `None`.
pub(crate) struct Reader<'a>(pub(crate) &'a [u64]);

impl<'a> Reader<'a> {
    pub(crate) fn word(&mut self) -> Option<u64> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    pub(crate) fn words(&mut self, count: u64) -> Option<&'a [u64]> {
        let (first, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(first)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        let length = self.word()?;
        let words = self.words(length.div_ceil(8))?;
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.truncate(length as usize);
        String::from_utf8(bytes).ok()
    }
}

fn kind_word(kind: ErrorKind) -> u64 {
    KINDS.iter().position(|known| *known == kind).unwrap_or(3) as u64
}

fn kind_of(word: u64) -> ErrorKind {
    usize::try_from(word).ok().and_then(|word| KINDS.get(word)).copied().unwrap_or(ErrorKind::Simulator)
}

/// A failure as words.
#[cfg(any(test, feature = "mpi"))]
pub(crate) fn failure_words(failure: &Failure) -> Vec<u64> {
    let mut words = vec![failure.rank as u64, kind_word(failure.kind)];
    put_text(&mut words, &failure.message);
    words
}

/// The failure of `words`.
#[cfg(any(test, feature = "mpi"))]
pub(crate) fn failure_of(words: &[u64]) -> Option<Failure> {
    let mut reader = Reader(words);
    let (rank, kind) = (reader.word()? as usize, kind_of(reader.word()?));
    Some(Failure { rank, kind, message: reader.text()? })
}

/// The result of a command as words.
pub(crate) fn answer_words(answer: &Result<Vec<u64>, Error>) -> Vec<u64> {
    match answer {
        Ok(answer) => [&[0], &answer[..]].concat(),
        Err(error) => {
            let mut words = vec![1, kind_word(error.kind())];
            put_text(&mut words, error.message());
            words
        }
    }
}

/// The result of a command.
pub(crate) fn answer_of(mut words: Vec<u64>) -> Option<Result<Vec<u64>, Error>> {
    if words.first() == Some(&0) {
        words.remove(0);
        return Some(Ok(words));
    }
    let mut reader = Reader(&words);
    reader.word()?;
    let kind = kind_of(reader.word()?);
    Some(Err(Error::new(kind, reader.text()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_failure_survives_its_words() {
        let failure = Failure { rank: 3, kind: ErrorKind::Timeout, message: "rank 3 waits for µs".into() };
        assert_eq!(failure_of(&failure_words(&failure)), Some(failure));
    }

    #[test]
    fn an_answer_survives_its_words() {
        for answer in [Ok(vec![]), Ok(vec![1, 2, 3]), Err(Error::new(ErrorKind::File, "no such file"))] {
            assert_eq!(answer_of(answer_words(&answer)), Some(answer));
        }
    }

    proptest! {
        #[test]
        fn any_words_decode_or_are_refused_without_panic(words in prop::collection::vec(any::<u64>(), 0..12)) {
            let _ = failure_of(&words);
            let _ = answer_of(words);
        }
    }
}
