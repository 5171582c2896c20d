//! moto, an independent implementation of SQS: started for a test, and ended with it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use aws_sdk_sqs::Client;

use super::*;
use crate::artifact::workspace;

pub(super) struct Moto {
    server: Child,
    endpoint: String,
    client: Client,
}

impl Moto {
    /// `None`: there is no moto on this machine, and `REQUIRE_MOTO` does not insist. `.ci/moto` installs it.
    pub(super) fn start() -> Option<Moto> {
        let Some(server) = installed() else {
            let required = std::env::var_os("REQUIRE_MOTO").is_some_and(|value| value == "1");
            assert!(!required, "moto is required and not installed: run .ci/moto");
            eprintln!("skipped: moto is not installed; .ci/moto installs it");
            return None;
        };
        let mut server = Command::new(server)
            .args(["--host", "127.0.0.1", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto_server can be run");
        let mut lines = BufReader::new(server.stderr.take().expect("it is piped")).lines();
        let endpoint = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("Running on ")?.1.trim().to_owned()))
            .expect("moto says where it listens");
        // It goes on to log, and would stand still if nobody read it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_sdk_sqs::config::Region::new("eu-west-1"))
            .credentials_provider(aws_sdk_sqs::config::Credentials::new("id", "secret", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(&endpoint);
        Some(Moto { server, endpoint, client: Client::from_conf(config.build()) })
    }

    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Makes a queue, and gives its URL.
    pub(super) async fn queue(&self, name: &str) -> String {
        let made = self.client.create_queue().queue_name(name).send().await.unwrap();
        made.queue_url.unwrap()
    }

    /// The queue as the source has it.
    pub(super) async fn source(&self, queue_url: &str, visibility_seconds: i32) -> Queue {
        let queue = Queue::new(&settings(&self.endpoint, queue_url), None).await.unwrap();
        queue.hiding_for(visibility_seconds)
    }

    pub(super) async fn send(&self, queue_url: &str, bodies: &[String]) {
        let trace = MessageAttributeValue::builder().data_type("String").string_value(TRACE).build().unwrap();
        for (batch, bodies) in bodies.chunks(10).enumerate() {
            let entries = bodies.iter().enumerate().map(|(index, body)| {
                SendMessageBatchRequestEntry::builder()
                    .id(format!("{batch}-{index}"))
                    .message_body(body)
                    .message_attributes("traceparent", trace.clone())
                    .build()
                    .unwrap()
            });
            let sent = self.client.send_message_batch().queue_url(queue_url);
            let sent = sent.set_entries(Some(entries.collect())).send().await.unwrap();
            assert_eq!(sent.successful().len(), bodies.len());
        }
    }

    /// Messages that can be received, and messages in somebody's hand.
    pub(super) async fn count(&self, queue_url: &str) -> (u32, u32) {
        let visible = QueueAttributeName::ApproximateNumberOfMessages;
        let hidden = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        let asked = self.client.get_queue_attributes().queue_url(queue_url);
        let asked = asked.attribute_names(visible.clone()).attribute_names(hidden.clone());
        let attributes = asked.send().await.unwrap().attributes.unwrap();
        (attributes[&visible].parse().unwrap(), attributes[&hidden].parse().unwrap())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Where `.ci/moto` puts it, where the environment says, or anywhere on the path.
fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = [
        Some(workspace().join("target/moto/bin/moto_server")),
        std::env::var_os("MOTO_SERVER").map(Into::into),
    ];
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("moto_server"));
    places.into_iter().flatten().chain(on_path).find(|file| file.is_file())
}
