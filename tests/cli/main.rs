//! The command line's answers: JSON lines, exit codes, refusals; and the sandbox's to bad requests.

mod bad;
mod bytes;
mod cancel;
mod found;
mod images;
mod lost_index;
mod peers;
mod places;
mod preflight;
mod refusals;
mod repair;
mod reports;
mod verbs;
