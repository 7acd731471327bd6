//! Processings and their executions.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::{CreateExecution, UpdateExecution};
use crate::wire::{Execution, Processing};

routes! {
    all GET "/datastores/{datastore}/processings" processings(datastore), gives Processing;
    one GET "/datastores/{datastore}/processings/{processing}" processing(datastore, processing), gives Processing;
    all GET "/datastores/{datastore}/processings/executions" executions(datastore), gives Execution;
    make POST "/datastores/{datastore}/processings/executions" create_execution(datastore) sends CreateExecution, gives Execution;
    one GET "/datastores/{datastore}/processings/executions/{execution}" execution(datastore, execution), gives Execution;
    save PATCH "/datastores/{datastore}/processings/executions/{execution}" update_execution(datastore, execution) sends UpdateExecution;
    act DELETE "/datastores/{datastore}/processings/executions/{execution}" delete_execution(datastore, execution);
    once POST "/datastores/{datastore}/processings/executions/{execution}/launch" launch(datastore, execution);
    once POST "/datastores/{datastore}/processings/executions/{execution}/abort" abort(datastore, execution);
    all GET "/datastores/{datastore}/processings/executions/{execution}/logs" execution_logs(datastore, execution), gives String;
}
