//! Tags shared with cartes.gouv.fr, and our own. All values are strings.

pub const DATASHEET_NAME: &str = "datasheet_name";
pub const UPLOAD_ID: &str = "upload_id";
pub const PROC_INT_ID: &str = "proc_int_id";
pub const VECTORDB_ID: &str = "vectordb_id";
pub const PROC_PYR_CREAT_ID: &str = "proc_pyr_creat_id";
pub const IS_SAMPLE: &str = "is_sample";
pub const FILE_TREE: &str = "file_tree";
/// Ours: the fingerprint of the package that an entity comes from.
pub const PACKAGE: &str = "quai_package";
