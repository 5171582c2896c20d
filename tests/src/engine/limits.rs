//! Whatever a plugin does, it costs its event one attempt and nothing else: the next delivery to the same
//! host works, and the state holds what it held.

use std::sync::Arc;

use host_harness::code::Code;
use host_harness::engine::{CallError, Moment};
use host_harness::limits::INSTANCES;

use super::{NOWHERE, connection, deliver, keys, said, store};
use crate::stage::Recorder;

/// Runs a script that must not finish between two that must, and gives the error and the host calls of it.
async fn breaks(limits: &str, script: &str) -> (CallError, usize) {
    let store = store();
    // The limits of the connection that breaks one are not those of the deliveries before and after.
    let usual = connection(&store, "", NOWHERE);
    assert_eq!(said(&deliver(&usual, "create before").await), "Ok(1)");
    let report = deliver(&connection(&store, limits, NOWHERE), script).await;
    let error = report.result.expect_err("the script breaks a limit");
    let next = deliver(&usual, "get before absent").await;
    assert_eq!(said(&next), r#"Ok(Some("by the guest")) Ok(None)"#);
    assert_eq!(next.host_calls.len(), 2, "the calls of a delivery are its own");
    // Revisions count over the whole store: nothing was written in between.
    assert_eq!(said(&deliver(&usual, "create after").await), "Ok(2)");
    assert_eq!(keys(&usual).await, ["after", "before"]);
    (error, report.host_calls.len())
}

#[tokio::test]
async fn a_crash_ends_with_its_delivery() {
    let (error, calls) = breaks("", "panic as told").await;
    assert!(matches!(&error, CallError::Trapped { message } if message.contains("unreachable")), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginTrapped, 0));
}

#[tokio::test]
async fn an_exit_ends_the_plugin_and_not_the_host() {
    let (error, calls) = breaks("", "exit").await;
    assert!(matches!(&error, CallError::Trapped { message } if message.contains("exit")), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginTrapped, 0));
}

#[tokio::test]
async fn an_endless_loop_ends_when_its_time_is_over() {
    let (error, calls) = breaks("wall-time-ms = 100", "loop").await;
    assert!(matches!(error, CallError::TimeLimit { limit_ms: 100 }), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginTimeLimit, 0));
}

#[tokio::test]
async fn memory_ends_at_its_limit() {
    let (error, calls) = breaks("memory-bytes = 16_777_216", "grow").await;
    assert!(matches!(error, CallError::OutOfMemory { limit_bytes: 16_777_216 }), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginOutOfMemory, 0));
}

#[tokio::test]
async fn one_host_call_too_many_is_not_carried_out() {
    let (error, calls) = breaks("host-calls = 3", "get a b c d").await;
    assert!(matches!(error, CallError::HostCallLimit { limit: 3 }), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginHostCallLimit, 3));
    let enough = deliver(&connection(&store(), "host-calls = 3", NOWHERE), "get a b c").await;
    assert_eq!(said(&enough), "Ok(None) Ok(None) Ok(None)");
}

#[tokio::test]
async fn an_empty_key_breaks_the_contract() {
    // The word after the space is the key.
    let (error, calls) = breaks("", "create ").await;
    assert!(matches!(&error, CallError::BrokeContract { reason } if reason.contains("state key")), "{error}");
    assert_eq!((error.code(), calls), (Code::PluginBrokeContract, 0));
}

#[tokio::test]
async fn a_crash_gives_its_place_in_the_pool_back() {
    let connection = connection(&store(), "", NOWHERE);
    for _ in 0..=INSTANCES {
        let error = deliver(&connection, "panic as told").await.result.expect_err("a panic");
        assert_eq!(error.code(), Code::PluginTrapped);
    }
    assert_eq!(said(&deliver(&connection, "create after").await), "Ok(1)");
}

#[tokio::test]
async fn an_observer_ends_a_delivery_before_or_after_any_of_its_calls() {
    let order = ["a", "b", "c"];
    for number in 1..=3 {
        for (moment, done) in [(Moment::BeforeTheCall, number - 1), (Moment::AfterTheCall, number)] {
            let recorder = Arc::new(Recorder::default());
            let connection = connection(&store(), "", NOWHERE).with_observer(recorder.clone());
            recorder.crash_at(Some((number as u32, moment)));
            let report = deliver(&connection, "create a b c").await;
            let error = report.result.expect_err("it was stopped");
            assert_eq!(error.code(), Code::PluginStopped);
            let call = format!("{number} state-create {}", order[number - 1]);
            assert_eq!(error.to_string(), format!("the instance was stopped {moment} the call {call}"));
            let answered: Vec<bool> = report.host_calls.iter().map(|call| call.answer.is_some()).collect();
            assert_eq!(answered, (1..=number).map(|call| call < number).collect::<Vec<_>>());
            assert_eq!(keys(&connection).await, order[..done]);

            recorder.crash_at(None);
            deliver(&connection, "create a b c")
                .await
                .result
                .expect("it is not stopped")
                .expect("an outcome");
            assert_eq!(keys(&connection).await, order);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_deliveries_at_once_do_not_disturb_one_another() {
    let connection = connection(&store(), "", NOWHERE);
    let deliveries: Vec<_> = (0..50)
        .map(|number| {
            let connection = connection.clone();
            let script = match number % 5 {
                0 => "panic as told".to_owned(),
                _ => format!("create order/{number:02} shared"),
            };
            tokio::spawn(async move { deliver(&connection, &script).await })
        })
        .collect();
    let (mut crashed, mut first) = (0, 0);
    for delivery in deliveries {
        let report = delivery.await.expect("the host does not panic");
        if report.result.is_err() {
            crashed += 1;
            continue;
        }
        let (own, shared) = said(&report).split_once(' ').expect("two answers");
        assert!(own.starts_with("Ok"), "{own}");
        first += usize::from(shared.starts_with("Ok"));
        let numbers: Vec<u32> = report.host_calls.iter().map(|record| record.call.number).collect();
        assert_eq!(numbers, [1, 2]);
    }
    assert_eq!((crashed, first, keys(&connection).await.len()), (10, 1, 41));
}
