//! The command line's answers: JSON lines, exit codes, refusals; and the sandbox's to bad requests.

mod bad;
mod found;
mod peers;
mod refusals;
mod repair;
mod verbs;
