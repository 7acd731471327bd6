//! What a list is asked: filters, members, tags. Repeated parameters are spelled `x=a&x=b`.

/// The parameters of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A filter: `name`, `type`, `status`… `%` stands for any characters.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// Only what carries this tag; several must all be carried.
    #[must_use]
    pub fn tag(self, key: &str, value: &str) -> Self {
        self.with(&format!("tags[{key}]"), value)
    }

    /// The members wanted in each item: lists are thin without.
    #[must_use]
    pub fn fields(self, names: &[&str]) -> Self {
        self.each("fields", names)
    }

    /// A parameter of several values.
    #[must_use]
    pub fn each<S: AsRef<str>>(mut self, name: &str, values: &[S]) -> Self {
        self.0.extend(values.iter().map(|v| (name.to_owned(), v.as_ref().to_owned())));
        self
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Whether a parameter of this name is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }
}
