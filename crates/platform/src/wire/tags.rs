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
/// Ours, on a pyramid: what it was asked to be, in short.
pub const RECIPE: &str = "quai_recipe";
/// Ours, on a pyramid that an update made: how, of which pyramid, from which upload or pyramid of images,
/// by the fingerprint of which package, and `shown`, `confirmed` or `images`.
pub const UPDATE_HOW: &str = "quai_update";
pub const UPDATE_OF: &str = "quai_update_of";
pub const UPDATE_FROM: &str = "quai_update_from";
pub const UPDATE_PACKAGE: &str = "quai_update_package";
pub const UPDATE_STATE: &str = "quai_update_state";
pub const DATA_UPLOAD_PATH: &str = "data_upload_path";
/// JSON text: where cartes.gouv.fr thinks the integration stands.
pub const INTEGRATION_PROGRESS: &str = "integration_progress";
pub const INTEGRATION_CURRENT_STEP: &str = "integration_current_step";
pub const PRODUCER: &str = "producer";
pub const PRODUCTION_YEAR: &str = "production_year";
