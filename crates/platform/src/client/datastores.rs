//! The datastore: quotas, endpoints, storages.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::{Datastore, EndpointUse, Statistics, Storages};

routes! {
    one GET "/datastores/{datastore}" datastore(datastore), gives Datastore;
    all GET "/datastores/{datastore}/endpoints" endpoints(datastore), gives EndpointUse;
    asked GET "/datastores/{datastore}/storages" storages(datastore), gives Storages;
    asked GET "/datastores/{datastore}/endpoints/{endpoint}/stats" endpoint_stats(datastore, endpoint), gives Statistics;
}
