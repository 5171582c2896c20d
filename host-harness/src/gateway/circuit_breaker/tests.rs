//! The states of a breaker, on paused time.

use std::sync::Mutex;

use tokio::time::advance;

use super::*;

const THRESHOLDS: BreakerThresholds =
    BreakerThresholds { failures: 3, open: Duration::from_secs(4), open_max: Duration::from_secs(10) };

/// Remembers what it is told.
#[derive(Default)]
struct Changes(Mutex<Vec<BreakerState>>);

impl GatewayObserver for Changes {
    fn breaker_changed(&self, upstream: &str, state: BreakerState) {
        assert_eq!(upstream, "example.org");
        self.0.lock().unwrap().push(state);
    }
}

fn breaker() -> (CircuitBreaker, Arc<Changes>) {
    let changes = Arc::new(Changes::default());
    (CircuitBreaker::new("example.org".to_owned(), THRESHOLDS, changes.clone()), changes)
}

fn call(breaker: &CircuitBreaker, verdict: Verdict) {
    breaker.permit().expect("a call may go").judge(verdict);
}

fn rest(breaker: &CircuitBreaker) -> Duration {
    let Err(rest) = breaker.permit() else { panic!("no call may go") };
    rest
}

fn fail_until_open(breaker: &CircuitBreaker) -> Duration {
    for _ in 0..THRESHOLDS.failures {
        call(breaker, Verdict::Fails);
    }
    rest(breaker)
}

#[tokio::test(start_paused = true)]
async fn failures_open_it_only_in_a_row() {
    let (breaker, changes) = breaker();
    for verdict in [Verdict::Fails, Verdict::Fails, Verdict::Answers, Verdict::Fails, Verdict::Fails] {
        call(&breaker, verdict);
    }
    call(&breaker, Verdict::Unknown);
    drop(breaker.permit());
    assert_eq!((breaker.state(), breaker.closed_to_calls_for()), (BreakerState::Closed, None));
    call(&breaker, Verdict::Fails);
    assert_eq!(breaker.state(), BreakerState::Open);
    assert_eq!(*changes.0.lock().unwrap(), [BreakerState::Open]);
    assert_eq!(breaker.closed_to_calls_for(), Some(rest(&breaker)));
}

#[tokio::test(start_paused = true)]
async fn the_time_to_come_back_is_kept_to_the_moment() {
    let (breaker, _) = breaker();
    let first = fail_until_open(&breaker);
    assert!(first >= THRESHOLDS.open / 2 && first <= THRESHOLDS.open, "{first:?}");
    advance(first - Duration::from_millis(1)).await;
    assert_eq!(rest(&breaker), Duration::from_millis(1));
    advance(Duration::from_millis(1)).await;
    assert_eq!(breaker.closed_to_calls_for(), None, "a probe is due");
    assert!(breaker.permit().is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_probe_at_a_time_and_its_success_closes() {
    let (breaker, changes) = breaker();
    advance(fail_until_open(&breaker)).await;
    let probe = breaker.permit().expect("a probe may go");
    assert_eq!((rest(&breaker), breaker.state()), (PROBE_PATIENCE, BreakerState::HalfOpen));
    assert_eq!(breaker.closed_to_calls_for(), Some(PROBE_PATIENCE));
    probe.judge(Verdict::Answers);
    let (one, other) = (breaker.permit(), breaker.permit());
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(
        *changes.0.lock().unwrap(),
        [BreakerState::Open, BreakerState::HalfOpen, BreakerState::Closed]
    );
}

#[tokio::test(start_paused = true)]
async fn every_failed_probe_lengthens_the_rest_up_to_the_longest_and_a_success_starts_anew() {
    let (breaker, _) = breaker();
    let mut rests = vec![fail_until_open(&breaker)];
    for _ in 0..4 {
        advance(*rests.last().unwrap()).await;
        call(&breaker, Verdict::Fails);
        rests.push(rest(&breaker));
    }
    // Half for certain, half by chance: 2 to 4, 4 to 8, 5 to 10 seconds.
    for (rest, (least, most)) in rests.iter().zip([(2, 4), (4, 8), (5, 10), (5, 10), (5, 10)]) {
        assert!((least..=most).contains(&rest.as_secs()), "{rests:?}");
    }
    advance(*rests.last().unwrap()).await;
    call(&breaker, Verdict::Answers);
    assert!(fail_until_open(&breaker) <= THRESHOLDS.open);
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_says_nothing_leaves_the_next_one_free() {
    let (breaker, _) = breaker();
    advance(fail_until_open(&breaker)).await;
    drop(breaker.permit());
    assert_eq!((breaker.state(), breaker.closed_to_calls_for()), (BreakerState::Open, None));
    call(&breaker, Verdict::Answers);
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_call_from_before_it_opened_changes_nothing() {
    let (breaker, _) = breaker();
    let (answered, failed) = (breaker.permit().unwrap(), breaker.permit().unwrap());
    let rest_at_first = fail_until_open(&breaker);
    answered.judge(Verdict::Answers);
    assert_eq!(rest(&breaker), rest_at_first);
    advance(rest_at_first).await;
    let probe = breaker.permit().expect("a probe may go");
    failed.judge(Verdict::Fails);
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    probe.judge(Verdict::Answers);
    assert_eq!(breaker.state(), BreakerState::Closed);
}
