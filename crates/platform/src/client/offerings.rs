//! Offerings: what is served.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::UpdateOffering;
use crate::wire::{Offering, Statistics};

routes! {
    all GET "/datastores/{datastore}/offerings" offerings(datastore), gives Offering;
    one GET "/datastores/{datastore}/offerings/{offering}" offering(datastore, offering), gives Offering;
    act PUT "/datastores/{datastore}/offerings/{offering}" synchronise_offering(datastore, offering);
    save PATCH "/datastores/{datastore}/offerings/{offering}" update_offering(datastore, offering) sends UpdateOffering;
    once DELETE "/datastores/{datastore}/offerings/{offering}" delete_offering(datastore, offering);
    asked GET "/datastores/{datastore}/offerings/{offering}/stats" offering_stats(datastore, offering), gives Statistics;
}
