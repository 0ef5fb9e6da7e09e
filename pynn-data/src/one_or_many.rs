//! Recordings handed over one by one or in a list.

/// Borrowed recordings: `&spikes`, `[&exc, &inh]`, `vec![&exc, &inh]` or `&all_spikes` of a `Vec`.
#[derive(Clone, Debug)]
pub struct OneOrMany<'a, T>(pub(crate) Vec<&'a T>);

impl<'a, T> From<&'a T> for OneOrMany<'a, T> {
    fn from(one: &'a T) -> Self {
        Self(vec![one])
    }
}

impl<'a, T, const N: usize> From<[&'a T; N]> for OneOrMany<'a, T> {
    fn from(many: [&'a T; N]) -> Self {
        Self(many.to_vec())
    }
}

impl<'a, T> From<Vec<&'a T>> for OneOrMany<'a, T> {
    fn from(many: Vec<&'a T>) -> Self {
        Self(many)
    }
}

impl<'a, T> From<&[&'a T]> for OneOrMany<'a, T> {
    fn from(many: &[&'a T]) -> Self {
        Self(many.to_vec())
    }
}

impl<'a, T> From<&'a [T]> for OneOrMany<'a, T> {
    fn from(many: &'a [T]) -> Self {
        Self(many.iter().collect())
    }
}

impl<'a, T> From<&'a Vec<T>> for OneOrMany<'a, T> {
    fn from(many: &'a Vec<T>) -> Self {
        Self(many.iter().collect())
    }
}
