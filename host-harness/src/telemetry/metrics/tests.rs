//! What Prometheus reads.

use super::*;

fn acme() -> ConnectionName {
    ConnectionName::new("acme-uk").unwrap()
}

fn has(rendered: &str, line: &str) {
    assert!(rendered.lines().any(|rendered| rendered == line), "{line} is missing in:\n{rendered}");
}

#[test]
fn what_happened_is_read_in_the_units_of_prometheus() {
    let metrics = Metrics::new();
    let took = Duration::from_millis(250);
    metrics.event_arrived(&acme(), Source::AmazonNotification, Export::OnOrder, Arrival::Stored);
    metrics.event_arrived(&acme(), Source::AmazonNotification, Export::OnOrder, Arrival::Stored);
    metrics.delivery_ended(&acme(), Export::OnOrder, Ending::PartlyHeld, took);
    metrics.event_ended(&acme(), Export::OnOrder, Duration::from_secs(90));
    metrics.document_posted(&acme(), Document::of("sales-invoice"));
    metrics.plan_waited(&OperationName::new("getOrder"), took);
    metrics.alerts(AlertResult::Combined, 3);
    metrics.store_written(Duration::from_millis(2));
    metrics.gateway_repeated(&acme(), Upstream::Amazon, &OperationName::new("getOrder"));
    let action = OperationName::new("KashFlow/InsertInvoice");
    metrics.gateway_called(&acme(), Upstream::KashFlow, &action, CallResult::Success, took);

    let read = metrics.render(MetricsFormat::PrometheusText);
    let labels = r#"connection="acme-uk",source="amazon-notification",export="on-order",result="stored""#;
    has(&read, &format!("kashflow_amazon_events_arrived_total{{{labels}}} 2"));
    let labels = r#"connection="acme-uk",export="on-order""#;
    has(&read, &format!("kashflow_amazon_deliveries_ended_total{{{labels},ending=\"partly-held\"}} 1"));
    has(&read, &format!("kashflow_amazon_delivery_seconds_sum{{{labels}}} 0.25"));
    has(&read, &format!("kashflow_amazon_event_age_seconds_count{{{labels}}} 1"));
    has(&read, r#"kashflow_amazon_documents_posted_total{connection="acme-uk",document="sales-invoice"} 1"#);
    has(&read, r#"kashflow_amazon_plan_wait_seconds_sum{operation="getOrder"} 0.25"#);
    has(&read, r#"kashflow_amazon_alerts_total{result="combined"} 3"#);
    has(&read, "kashflow_amazon_store_write_seconds_count 1");
    let labels = r#"upstream="kashflow",operation="InsertInvoice""#;
    has(
        &read,
        &format!("kashflow_amazon_gateway_calls_total{{connection=\"acme-uk\",{labels},result=\"2xx\"}} 1"),
    );
    has(&read, &format!("kashflow_amazon_gateway_call_seconds_count{{{labels}}} 1"));
}

#[test]
fn gauges_say_what_is_now() {
    let metrics = Metrics::new();
    for held in [5, 2] {
        metrics.queue_is(&acme(), &QueueCounts { ready: 1, held, ..QueueCounts::default() });
    }
    for state in [BreakerState::Open, BreakerState::HalfOpen] {
        metrics.breaker_is(&acme(), Upstream::KashFlow, state);
    }
    for version in ["1.0.0", "1.1.0"] {
        metrics.plugin_is(&PluginIdentity { version: version.to_owned(), digest: "abc".to_owned() });
    }
    let read = metrics.render(MetricsFormat::PrometheusText);
    has(&read, r#"kashflow_amazon_queued_events{connection="acme-uk",state="held"} 2"#);
    has(&read, r#"kashflow_amazon_queued_events{connection="acme-uk",state="in-work"} 0"#);
    has(&read, r#"kashflow_amazon_breaker_state{connection="acme-uk",upstream="kashflow"} 1"#);
    has(&read, r#"kashflow_amazon_plugin_info{version="1.1.0",digest="abc"} 1"#);
    assert!(!read.contains("1.0.0"), "{read}");
}

#[test]
fn no_label_can_name_an_order_a_path_or_a_secret() {
    let given = ["026-1234567-1234567", "/orders/026-1234567-1234567", "pa55-w0rd", "", "Ada Lovelace"];
    for name in given {
        assert_eq!(OperationName::new(name).as_str(), "other", "{name}");
        assert_eq!(Document::of(name), Document::Other);
    }
    assert_eq!(OperationName::new(&"a".repeat(65)).as_str(), "other");
}

#[test]
fn invented_operations_make_one_series() {
    let metrics = Metrics::new();
    let letters = || (b'a'..=b'z').map(char::from);
    let invented = letters().flat_map(|first| letters().map(move |second| format!("op{first}{second}")));
    for name in invented {
        metrics.plan_waited(&OperationName::new(&name), Duration::ZERO);
    }
    let read = metrics.render(MetricsFormat::PrometheusText);
    let series = read.matches("kashflow_amazon_plan_wait_seconds_count").count();
    assert_eq!(series, METRIC_OPERATIONS + 1);
    has(&read, r#"kashflow_amazon_plan_wait_seconds_count{operation="other"} 576"#);
}

#[test]
fn the_form_is_the_one_that_is_accepted() {
    let metrics = Metrics::new();
    let open = MetricsFormat::accepted("application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
    assert_eq!(open, MetricsFormat::OpenMetrics);
    assert!(metrics.render(open).ends_with("# EOF\n"));
    let plain = MetricsFormat::accepted("*/*");
    assert_eq!(plain.content_type(), "text/plain; version=0.0.4; charset=utf-8");
    assert!(!metrics.render(plain).contains("# EOF"));
}

#[test]
#[cfg(target_os = "linux")]
fn the_memory_of_the_process_is_read() {
    let read = Metrics::new().render(MetricsFormat::PrometheusText);
    let line = read.lines().find(|line| line.starts_with("process_resident_memory_bytes ")).unwrap();
    let bytes: u64 = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(bytes > 1024 * 1024, "{line}");
}
