//! What a sandbox does otherwise than by default, and the mishaps it causes on request.

use serde::{Deserialize, Serialize};

/// Each may be set when starting, and changed later by `POST /sandbox/switches`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// How long each stage of checks, executions and publications lasts at least.
    pub stage_milliseconds: u64,
    /// How long an upload is CHECKING while its lists of checks are still empty; unset: a stage.
    /// IGN's SDK takes empty lists for a success: 0 spares it that.
    pub empty_checks_milliseconds: Option<u64>,
    /// `true`: a first DELETE leaves an offering UNPUBLISHED (the platform since September 2026).
    pub two_step_delete: bool,
    /// What POST of accesses answers: 200 (since October 2026) or 204.
    pub accesses_status: u16,
    /// Executions give their parameters as `[{"name","value"}]`, as older answers did.
    pub parameters_as_array: bool,
    /// Relations give their attributes as a list of names, as older answers did.
    pub attributes_as_array: bool,
    /// Lists leave out what was not asked for by `fields`.
    pub thin_lists: bool,
    /// `storages.upload` and `storages.annexe` instead of `uploads` and `annexes`.
    pub singular_storages: bool,
    /// Refuse table names that do not conform, instead of normalising them.
    pub strict_names: bool,
    /// Of an access token, in seconds.
    pub token_seconds: u64,
    /// Of a refresh token, in seconds; unset: six times an access token's.
    pub refresh_seconds: Option<u64>,
    /// Offerings an endpoint may carry.
    pub endpoint_quota: u64,
    /// Bytes each storage may hold.
    pub storage_quota: u64,
    /// Bytes of one's personal documents.
    pub documents_quota: u64,
    /// Keys one may have.
    pub keys_quota: u64,
    /// Layer names must begin so.
    pub layer_name_prefix: Option<String>,
    /// File identifiers of metadata must begin so.
    pub metadata_prefix: Option<String>,
    /// Rights of the account in its community; what needs another is refused with 403.
    pub rights: Vec<String>,

    /// Mishap: this many requests are not answered but by `unavailable_status`.
    pub unavailable: u32,
    /// 502, 503 or 504.
    pub unavailable_status: u16,
    /// Mishap: this many requests are refused with 401, though their token holds.
    pub unauthorized: u32,
    /// Mishap: the account was disabled; neither its tokens nor its password hold.
    pub account_disabled: bool,
    /// Mishap, once: cut the connection after this many bytes of a file.
    pub cut_file_after: Option<u64>,
    /// A cut transfer leaves a partial file in the tree, as the platform was seen to do.
    pub partial_files: bool,
    /// Mishap: this many files are stored, then the connection is cut instead of an answer.
    pub lost_answers: u32,
    /// Mishap: this many checks fail whatever the data.
    pub failing_checks: u32,
    /// Mishap: this many executions fail, leaving their output UNSTABLE.
    pub failing_executions: u32,
    /// Mishap: this many publications end UNSTABLE.
    pub failing_publications: u32,
    /// Mishap: this many configurations are refused as if their layer name was taken.
    pub taken_names: u32,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            stage_milliseconds: 300,
            empty_checks_milliseconds: None,
            two_step_delete: true,
            accesses_status: 200,
            parameters_as_array: false,
            attributes_as_array: false,
            thin_lists: true,
            singular_storages: false,
            strict_names: false,
            token_seconds: 300,
            refresh_seconds: None,
            endpoint_quota: 1000,
            storage_quota: 1_000_000_000_000,
            documents_quota: 1_000_000_000,
            keys_quota: 20,
            layer_name_prefix: None,
            metadata_prefix: None,
            rights: ["UPLOAD", "PROCESSING", "ANNEX", "BROADCAST", "COMMUNITY"].map(str::to_owned).into(),
            unavailable: 0,
            unavailable_status: 503,
            unauthorized: 0,
            account_disabled: false,
            cut_file_after: None,
            partial_files: false,
            lost_answers: 0,
            failing_checks: 0,
            failing_executions: 0,
            failing_publications: 0,
            taken_names: 0,
        }
    }
}

impl Switches {
    /// Takes one of a counted mishap; `true` when there was one left.
    pub(crate) fn take(count: &mut u32) -> bool {
        let some = *count > 0;
        *count = count.saturating_sub(1);
        some
    }
}
