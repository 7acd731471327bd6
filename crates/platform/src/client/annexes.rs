//! Annexes: files published as they are.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::Annexe;
use crate::wire::requests::UpdateAnnexe;

routes! {
    all GET "/datastores/{datastore}/annexes" annexes(datastore), gives Annexe;
    send POST "/datastores/{datastore}/annexes" create_annexe(datastore), gives Annexe;
    one GET "/datastores/{datastore}/annexes/{annexe}" annexe(datastore, annexe), gives Annexe;
    file GET "/datastores/{datastore}/annexes/{annexe}/file" annexe_file(datastore, annexe);
    save PATCH "/datastores/{datastore}/annexes/{annexe}" update_annexe(datastore, annexe) sends UpdateAnnexe;
    replace PUT "/datastores/{datastore}/annexes/{annexe}" replace_annexe(datastore, annexe), gives Option<Annexe>;
    act DELETE "/datastores/{datastore}/annexes/{annexe}" delete_annexe(datastore, annexe);
    count POST "/datastores/{datastore}/annexes/publication" publish_annexes(datastore);
    count POST "/datastores/{datastore}/annexes/unpublication" unpublish_annexes(datastore);
}
