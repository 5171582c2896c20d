//! Stable codes for everything that the host itself can report: `HH-0xxx`.
//!
//! A code outlives the wording beside it; people search for it, and the error catalogue is written from
//! [`Code::all`]. Deliberately absent: what the gateway answers ([`crate::gateway::GatewayCode`]) and
//! what the plugin finds, which each have their own list.

/// Declares an enum of codes in which no member can lack its code, its title or its remedy.
macro_rules! error_codes {
    (
        $(#[$meta:meta])*
        $name:ident { $($variant:ident: $code:literal, $title:literal, $remedy:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($variant),+ }

        impl $name {
            /// Every code, in the order of the catalogue.
            pub fn all() -> &'static [$name] {
                &[$($name::$variant),+]
            }

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            /// What happened, in a few words.
            pub fn title(self) -> &'static str {
                match self { $($name::$variant => $title),+ }
            }

            /// What to do about it.
            pub fn remedy(self) -> &'static str {
                match self { $($name::$variant => $remedy),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use error_codes;

error_codes! {
    /// What can go wrong with a connection file, a store, or a run of the plugin.
    Code {
        ConnectionUnreadable: "HH-0101", "the connection file cannot be read",
            "check the path and that this user may read the file";
        ConnectionSyntax: "HH-0102", "the connection file is not valid TOML",
            "correct the line that is named";
        ConnectionShape: "HH-0103", "a key is missing, unknown or of the wrong type",
            "correct the key that is named; the message lists what is expected";
        CredentialLiteral: "HH-0104", "a credential is written into the connection file",
            "move it into the environment or a file: { env = \"NAME\" } or { file = \"PATH\" }, and replace it at its issuer";
        CredentialUnavailable: "HH-0105", "a credential cannot be obtained",
            "set the environment variable, or create the file, that the connection file names";
        ConnectionValue: "HH-0106", "a value is not allowed",
            "use one of the values that the message lists";
        GrantWithoutRoute: "HH-0107", "a grant names a host that no section leads to",
            "correct the host name: the message lists the hosts of this connection";
        SettingNotText: "HH-0108", "a setting has no single text form",
            "write it as a string in quotation marks";
        SettingUnavailable: "HH-0109", "a setting names a file or environment variable that cannot be read",
            "create it, or correct the name";
        LimitOutOfRange: "HH-0110", "a limit is outside of what the host can keep",
            "choose a number within the range that the message gives";
        StoreCannotOpen: "HH-0201", "the store file cannot be opened",
            "check that the folder exists and that this user may write in it";
        StoreReadOnly: "HH-0202", "the store file is read-only",
            "make the file and its folder writable for this user, and the disk not mounted read-only";
        StoreCorrupt: "HH-0203", "the store file is not a store, or is damaged",
            "restore it from a backup; do not delete it before it has been looked at: it says what was posted";
        StoreLocked: "HH-0204", "the store file is locked by another process",
            "end the other process that holds it, or give this one its own file";
        StoreFull: "HH-0205", "the disk under the store file is full",
            "make room, then deliver the event again";
        StoreNewer: "HH-0206", "the store file was written by a newer version of the host",
            "run the newer version, or restore the backup that was made before the change of version";
        StoreFailed: "HH-0207", "the store refuses an operation",
            "read the cause in the message; if it lasts, check the disk";
        StoreInUse: "HH-0208", "another process delivers out of this store",
            "end the other process, or let it do the work: what is released goes into its queue";
        StoreCannotLock: "HH-0209", "the lock file beside the store cannot be used",
            "check that this user may write in the folder of the store";
        EngineFailed: "HH-0301", "the WebAssembly engine cannot start",
            "check that the machine allows executable memory and has room for it";
        PluginNotLoadable: "HH-0302", "the file is not a component that this engine can run",
            "build the plugin for wasm32-wasip2 and pass that file";
        PluginImports: "HH-0303", "the plugin asks for powers that this host does not give",
            "use a plugin built for this contract; the message lists what is asked for in excess";
        PluginExports: "HH-0304", "the plugin does not offer what the contract asks for",
            "use a plugin built for a contract version that this host serves";
        ArtifactNotBuilt: "HH-0305", "the plugin could not be built or packed",
            "read the output of the build in the message";
        ArtifactUnreadable: "HH-0306", "the plugin's file cannot be read",
            "check the path and that this user may read the file; the plugin that runs goes on";
        PluginNotGranted: "HH-0307", "the plugin needs calls that a connection does not grant",
            "read what the plugin wants to call, and add it to grants.http of the connection if it may";
        PluginTrapped: "HH-0401", "the plugin crashed",
            "report it with the event id; nothing outside of the plugin is damaged, and the event can be delivered again";
        PluginOutOfMemory: "HH-0402", "the plugin asked for more memory than it may have",
            "if the event is a large one, raise limits.memory-bytes; otherwise report it";
        PluginTimeLimit: "HH-0403", "the plugin took longer than it may",
            "check the speed of the services that it calls; if they are slow, raise limits.wall-time-ms";
        PluginHostCallLimit: "HH-0404", "the plugin made more host calls than it may",
            "if the event is a large one, raise limits.host-calls; otherwise report it";
        PluginBrokeContract: "HH-0405", "the plugin made a call that the contract does not allow",
            "report it: no repetition can help";
        PluginStopped: "HH-0406", "the call was stopped from outside",
            "deliver the event again";
        PluginNotStarted: "HH-0407", "no instance of the plugin could be made",
            "check the memory of the machine; deliver the event again";
        ServiceBroken: "HH-0408", "a part of the host ended by itself",
            "start the host again, and report it with the log; what was in work is delivered again";
        DirectoryUnusable: "HH-0501", "the folder of events cannot be used",
            "create the folder that sources.directory.path names, and let this user read it and write in it";
        EventFileUnreadable: "HH-0502", "an event file cannot be read",
            "let this user read the file; until then it stays where it is";
        EventFileStuck: "HH-0503", "an event file cannot be moved out of the folder of events",
            "let this user write in the folder; its event is stored and is not taken twice";
        EventFileTooLarge: "HH-0504", "an event file is larger than the host takes in",
            "look at what wrote it: neither a notification nor a settlement is that large; the file is in the folder refused";
        EventFileNoSettlement: "HH-0505", "a file in the folder of events is no settlement file",
            "drop in settlement reports as Amazon gives them (Flat File V2), and notifications as .json; the file is in the folder refused";
        QueueUnreachable: "HH-0511", "the SQS queue cannot be reached",
            "check sources.sqs.region and sources.sqs.endpoint, the network, the proxy and the firewall";
        QueueAccessDenied: "HH-0512", "SQS refuses the credentials, or there are none",
            "check the credentials, and allow them sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility on the queue";
        QueueMissing: "HH-0513", "there is no such SQS queue",
            "correct sources.sqs.queue-url or sources.sqs.region";
        QueueFailed: "HH-0514", "SQS answers with an error",
            "read its own code in the message; if it lasts, look at the status page of AWS";
        QueueProxyUnusable: "HH-0515", "the proxy cannot be used for SQS",
            "write the address of the proxy as http://HOST:PORT or https://HOST:PORT";
        WebhookCannotListen: "HH-0521", "the webhook cannot listen on its address",
            "end the program that uses the port, or change sources.webhook.listen";
        WebhookNotAuthentic: "HH-0522", "a request to the webhook has a wrong secret or signature",
            "give the sender the secret of this connection; if nobody sends with a wrong one, look who knows the address";
        OperationsNotLoopback: "HH-0601", "the operations server would listen beyond this machine",
            "listen on a loopback address such as 127.0.0.1:9464, or allow it with --allow-remote";
        OperationsCannotListen: "HH-0602", "the operations server cannot listen at its address",
            "end what holds the port, or give --listen another one";
        TracesMisconfigured: "HH-0603", "traces cannot be sent with these settings",
            "correct --otlp-endpoint or the variable OTEL_EXPORTER_OTLP_… that the message names";
        TracesNotSent: "HH-0604", "the collector does not take traces",
            "check the collector and its address; events are worked on without it";
        LogMisconfigured: "HH-0605", "logs cannot be written with these settings",
            "correct HARNESS_LOG or HARNESS_LOG_FORMAT as the message says";
        AlertNotSent: "HH-0606", "an alert cannot be brought to where the connection file says",
            "check alerts.webhook and alerts.command; the alert waits and is tried again";
        AlertUnreadable: "HH-0607", "a message in the queue of alerts is not an alert",
            "report it; look with `holds list` for what waits for a person";
        AlertsCombined: "HH-0608", "more alerts came than are sent one by one",
            "look at the whole with `holds list` and `dead-letters list`";
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use super::Code;

    /// Codes are unique, in order, and of the form `PREFIX-0000`; texts are lowercase and carry no full stop.
    pub(crate) fn check_catalogue(prefix: &str, entries: &[(&str, &str, &str)]) {
        let codes: Vec<&str> = entries.iter().map(|entry| entry.0).collect();
        let sorted: Vec<&str> = codes.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        assert_eq!(codes, sorted, "codes are unique and ascending");
        for (code, title, remedy) in entries {
            let number = code.strip_prefix(prefix).unwrap_or_else(|| panic!("{code} begins with {prefix}"));
            assert!(number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
            assert!(!title.ends_with('.') && !remedy.ends_with('.'), "{code} ends without a full stop");
            assert!(title.len() > 10 && remedy.len() > 10, "{code} says something");
        }
    }

    #[test]
    fn the_catalogue_is_well_formed() {
        let entries: Vec<_> =
            Code::all().iter().map(|code| (code.code(), code.title(), code.remedy())).collect();
        check_catalogue("HH-", &entries);
    }
}
