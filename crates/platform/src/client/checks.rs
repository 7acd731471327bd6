//! Checks and their executions.
//! What each route does is said by the platform; what may be repeated, by the first word.

use super::route::routes;
use crate::wire::requests::UpdateExecution;
use crate::wire::{Check, CheckExecution};

routes! {
    all GET "/datastores/{datastore}/checks" checks(datastore), gives Check;
    one GET "/datastores/{datastore}/checks/{check}" check(datastore, check), gives Check;
    all GET "/datastores/{datastore}/checks/executions" check_executions(datastore), gives CheckExecution;
    one GET "/datastores/{datastore}/checks/executions/{execution}" check_execution(datastore, execution), gives CheckExecution;
    save PATCH "/datastores/{datastore}/checks/executions/{execution}" update_check_execution(datastore, execution) sends UpdateExecution;
    act DELETE "/datastores/{datastore}/checks/executions/{execution}" delete_check_execution(datastore, execution);
    all GET "/datastores/{datastore}/checks/executions/{execution}/logs" check_execution_logs(datastore, execution), gives String;
}
