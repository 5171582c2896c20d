//! Between the contract's types and the core's. Nothing is decided here.

use plugin_core::{events as core_events, finding as core_finding, orchestration};

use crate::bindings::clarity::kashflow_amazon::types::{
    Delay, Delivery, Disposition, Effect, Failure, Finding, Outcome, Source, Unfinished,
};
use crate::bindings::exports::clarity::kashflow_amazon::lifecycle::{Capability, Description};

pub(crate) fn delivery(delivery: Delivery) -> core_events::Delivery {
    core_events::Delivery {
        event_id: delivery.event_id,
        source: match delivery.source {
            Source::AmazonNotification => core_events::Source::AmazonNotification,
            Source::Schedule => core_events::Source::Schedule,
            Source::Upload => core_events::Source::Upload,
            Source::Queue => core_events::Source::Queue,
        },
        occurred_at: delivery.occurred_at,
        attempt: delivery.attempt,
        body: delivery.body,
    }
}

pub(crate) fn result(
    result: Result<orchestration::Outcome, orchestration::Failure>,
) -> Result<Outcome, Failure> {
    result.map(outcome).map_err(failure)
}

pub(crate) fn finding(finding: core_finding::Finding) -> Finding {
    Finding { code: finding.code.to_string(), message: finding.message, subject: finding.subject }
}

pub(crate) fn description(description: core_events::Description) -> Description {
    let texts = |texts: Vec<&'static str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    Description {
        name: description.name.to_owned(),
        version: description.version.to_owned(),
        subscriptions: texts(description.subscriptions),
        capabilities: description
            .capabilities
            .into_iter()
            .map(|capability| Capability {
                host: capability.host.to_owned(),
                methods: texts(capability.methods),
                reason: capability.reason.to_owned(),
            })
            .collect(),
    }
}

fn outcome(outcome: orchestration::Outcome) -> Outcome {
    Outcome {
        disposition: match outcome.disposition {
            orchestration::Disposition::Completed => Disposition::Completed,
            orchestration::Disposition::AlreadyDone => Disposition::AlreadyDone,
            orchestration::Disposition::Ignored => Disposition::Ignored,
            orchestration::Disposition::PartlyHeld => Disposition::PartlyHeld,
        },
        effects: effects(outcome.effects),
        findings: outcome.findings.into_iter().map(finding).collect(),
    }
}

fn failure(failure: orchestration::Failure) -> Failure {
    match failure {
        orchestration::Failure::Retry { after_ms, reason } => Failure::Retry(Delay { after_ms, reason }),
        orchestration::Failure::Held(held) => Failure::Held(unfinished(held)),
        orchestration::Failure::DeadLetter(dead) => Failure::DeadLetter(unfinished(dead)),
    }
}

fn unfinished(unfinished: orchestration::Unfinished) -> Unfinished {
    Unfinished { finding: finding(unfinished.finding), done: effects(unfinished.done) }
}

fn effects(effects: Vec<orchestration::Effect>) -> Vec<Effect> {
    effects
        .into_iter()
        .map(|effect| Effect {
            document: effect.document.to_owned(),
            number: effect.number,
            reference: effect.reference,
        })
        .collect()
}
