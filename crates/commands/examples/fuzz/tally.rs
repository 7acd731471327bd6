//! The figures of a run, and the cases kept from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use crate::Outcome;
use crate::cases::{Case, contents};

/// Of the same death of the same format, this many are kept.
const MOST_OF_A_KIND: u64 = 3;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    cases: u64,
    by_kind: BTreeMap<String, u64>,
    by_code: BTreeMap<String, u64>,
    deaths: BTreeMap<String, u64>,
    faults: Vec<String>,
    mended: u64,
    longest: Duration,
    kept: BTreeMap<String, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, case: &Case, outcome: &Outcome, took: Duration) {
        self.cases += 1;
        *self.by_kind.entry(case.kind.clone()).or_default() += 1;
        for code in outcome.codes.iter().collect::<BTreeSet<_>>() {
            *self.by_code.entry(code.to_string()).or_default() += 1;
        }
        for death in &outcome.deaths {
            *self.deaths.entry(format!("{}: {death}", case.kind)).or_default() += 1;
        }
        for fault in &outcome.faults {
            self.faults.push(format!("{} ({}): {fault}", case.folder.display(), case.kind));
        }
        self.mended += u64::from(outcome.repaired);
        self.longest = self.longest.max(took);
    }

    /// Copies a case aside, a few of each kind.
    pub(crate) fn keep(&mut self, into: &Path, case: &Case, outcome: &Outcome, seed: u64, number: u64) {
        let what = outcome.faults.first().or(outcome.deaths.first()).cloned().unwrap_or_default();
        let plain: String = what.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(48).collect();
        let seen = self.kept.entry(format!("{}-{plain}", case.kind)).or_default();
        *seen += 1;
        if *seen > MOST_OF_A_KIND && outcome.faults.is_empty() {
            return;
        }
        let folder = into.join(format!("{}-{plain}-{seed}-{number}", case.kind));
        let _ = std::fs::create_dir_all(&folder);
        for (path, bytes) in contents(&case.folder) {
            let _ = std::fs::write(folder.join(path.file_name().unwrap_or_default()), bytes);
        }
    }

    pub(crate) fn faults(&self) -> usize {
        self.faults.len()
    }

    pub(crate) fn line(&self, elapsed: Duration) -> String {
        let deaths: u64 = self.deaths.values().sum();
        format!(
            "{} s: {} cases, {deaths} readers died, {} mended, {} faults, longest {:.1} s",
            elapsed.as_secs(),
            self.cases,
            self.mended,
            self.faults.len(),
            self.longest.as_secs_f64()
        )
    }

    pub(crate) fn report(&self, elapsed: Duration, seed: u64) -> String {
        let mut text = format!("seed {seed}\n{}\n", self.line(elapsed));
        for (title, counts) in
            [("by format", &self.by_kind), ("by code", &self.by_code), ("deaths of readers", &self.deaths)]
        {
            text.push_str(&format!("\n{title}\n"));
            for (name, count) in counts {
                text.push_str(&format!("{count:8} {name}\n"));
            }
        }
        text.push_str("\nfaults\n");
        for fault in &self.faults {
            text.push_str(&format!("  {fault}\n"));
        }
        text
    }
}
