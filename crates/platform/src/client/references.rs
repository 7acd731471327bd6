//! Tile matrix sets and nomenclatures.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::{Nomenclature, Tms};

routes! {
    all GET "/statics/tms" tms_list(), gives Tms;
    one GET "/statics/tms/{tms}" tms(tms), gives Tms;
    file GET "/statics/tms/{tms}/file" tms_file(tms);
    all GET "/statics/nomenclatures" nomenclatures(), gives Nomenclature;
}
