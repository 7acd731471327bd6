//! Table and field names as the platform wants them (its note of 2026-03-04: first character in
//! `[a-z_]`, all in `[a-z0-9_]`). Packaging and the sandbox's integration share this meaning.

use unicode_normalization::UnicodeNormalization;

/// PostgreSQL's limit, in bytes.
const MOST_BYTES: usize = 63;

/// Whether a name is taken as it is.
#[must_use]
pub fn conforms(name: &str) -> bool {
    let mut letters = name.bytes();
    name.len() <= MOST_BYTES
        && letters.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && letters.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The nearest name that conforms: lower case, accents dropped, all else an underscore.
#[must_use]
pub fn conforming_name(name: &str) -> String {
    let mut made = String::new();
    for letter in name.nfkd() {
        match letter {
            'œ' | 'Œ' => made.push_str("oe"),
            'æ' | 'Æ' => made.push_str("ae"),
            'ß' => made.push_str("ss"),
            c if unicode_normalization::char::is_combining_mark(c) => {}
            c if c.is_ascii_alphanumeric() => made.push(c.to_ascii_lowercase()),
            _ if made.ends_with('_') => {}
            _ => made.push('_'),
        }
    }
    let trimmed = made.trim_end_matches('_');
    let mut made = if trimmed.is_empty() { "_".to_owned() } else { trimmed.to_owned() };
    if made.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        made.insert(0, '_');
    }
    made.truncate(MOST_BYTES);
    made
}

/// Names that conform and differ from each other, in the same order: the second of two that would
/// become the same gets `_2`, and so on. Names that conform already keep theirs.
#[must_use]
pub fn conforming_names<S: AsRef<str>>(names: &[S]) -> Vec<String> {
    let mut taken: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    let mut made: Vec<Option<String>> = names
        .iter()
        .map(|n| n.as_ref())
        .map(|n| (conforms(n) && taken.insert(n.to_owned())).then(|| n.to_owned()))
        .collect();
    for (name, slot) in names.iter().zip(&mut made) {
        if slot.is_none() {
            let wanted = conforming_name(name.as_ref());
            let free = std::iter::once(wanted.clone())
                .chain((2..).map(|n| {
                    let suffix = format!("_{n}");
                    let most = MOST_BYTES - suffix.len();
                    format!("{}{suffix}", &wanted[..wanted.len().min(most)])
                }))
                .find(|candidate| taken.insert(candidate.clone()));
            *slot = free;
        }
    }
    made.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn french_names_become_the_nearest_that_conform() {
        for (from, to) in [
            ("CANTON", "canton"),
            ("Bâtiment N°1", "batiment_n_1"),
            ("870000_6618000.subset.postIA", "_870000_6618000_subset_postia"),
            ("communes-90-territoire-de-belfort", "communes_90_territoire_de_belfort"),
            ("Œuvre", "oeuvre"),
            ("", "_"),
            ("日本", "_"),
        ] {
            assert_eq!(conforming_name(from), to);
        }
    }

    #[test]
    fn names_that_would_collide_are_numbered() {
        assert_eq!(conforming_names(&["Été", "ete", "ÉTÉ", "été "]), ["ete_2", "ete", "ete_3", "ete_4"]);
    }

    proptest! {
        #[test]
        fn any_names_become_as_many_that_conform_and_differ(names in proptest::collection::vec(".{0,80}", 0..20)) {
            let made = conforming_names(&names);
            prop_assert_eq!(made.len(), names.len());
            prop_assert!(made.iter().all(|n| conforms(n)));
            let differing: std::collections::BTreeSet<_> = made.iter().collect();
            prop_assert_eq!(differing.len(), made.len());
            prop_assert_eq!(conforming_names(&made), made);
        }
    }
}
