//! What one shares: the addresses at which an offering answers.

use model::{PublishedOffering, PublishedUrl};
use platform::wire::Offering;

use crate::publish::ServicePlan;

/// An offering as it is told to people and software. A list may leave out what the plan knows.
pub(crate) fn told(offering: &Offering, plan: &ServicePlan) -> PublishedOffering {
    let or = |said: &str, known: &str| if said.is_empty() { known.to_owned() } else { said.to_owned() };
    PublishedOffering {
        id: offering.id.clone(),
        kind: or(&offering.kind, plan.kind),
        layer_name: or(&offering.layer_name, &plan.layer_name),
        status: offering.status.as_str().to_owned(),
        urls: offering.urls.iter().map(|u| PublishedUrl { kind: u.kind.clone(), url: u.url.clone() }).collect(),
    }
}
