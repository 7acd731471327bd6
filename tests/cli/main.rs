//! The command line's answers: JSON lines, exit codes, refusals; and the sandbox's to bad requests.

mod bad;
mod places;
mod preflight;
mod refusals;
mod reports;
mod verbs;
