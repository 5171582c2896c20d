//! Stable codes for what the gateway refuses, answers itself, or cannot bring back: `GW-0xxx`.
//!
//! 01xx nothing was sent, by decision · 02xx the exchange failed · 04xx and 05xx the gateway answers the
//! plugin in the place of the upstream, with the code in the header `x-gateway-code`.

use crate::code::error_codes;

error_codes! {
    /// What the gateway can report.
    GatewayCode {
        NotGranted: "GW-0101", "the connection does not grant this call",
            "if the plugin is to make it, add host, method and path to grants.http in the connection file";
        SoapActionNotGranted: "GW-0102", "the connection does not grant this SOAP operation",
            "if the plugin is to call it, add the operation to soap-actions of the grant";
        NoRoute: "GW-0103", "nothing at this host has this path",
            "correct the grant: only the path of the service itself leads to the endpoint";
        UrlRefused: "GW-0104", "the address is not one that the gateway sends to",
            "report it: the plugin must ask for https, without port, user name or dot segments";
        HeaderRefused: "GW-0105", "the request sets a header that belongs to the gateway",
            "report it: the plugin must not set credentials or routing headers";
        NotSoap: "GW-0106", "the request is not a SOAP call that credentials can be put into",
            "report it: the body must be one SOAP envelope with one operation, the one that SOAPAction names";
        CredentialsInRequest: "GW-0107", "the request already carries a user name or password",
            "report it: the plugin must leave credentials to the gateway";
        RequestTooLarge: "GW-0108", "the request body is larger than the gateway sends",
            "report it with the event: no document is that large";
        AddressRefused: "GW-0109", "the upstream is at an address that the connection does not grant",
            "if it is meant to be in a private network, add the network to gateway.private-networks in the connection file; if not, check the name service of this machine";
        HostNotFound: "GW-0201", "the name of the upstream cannot be resolved",
            "check the endpoint in the connection file, and the name service of this machine";
        NotConnected: "GW-0202", "the upstream cannot be reached",
            "check the endpoint in the connection file, the network and the firewall";
        TlsFailed: "GW-0203", "no secure connection can be made to the upstream",
            "check the time of this machine, its root certificates, and whether a proxy intercepts TLS";
        NoAnswerInTime: "GW-0204", "the upstream did not answer in time",
            "if it lasts, look at the service's status page; if it is only slow, raise limits.first-byte-timeout-ms";
        ConnectionLost: "GW-0205", "the connection ended before an answer came",
            "nothing: the plugin looks whether the call was carried out before it repeats it";
        AnswerIncomplete: "GW-0206", "the answer ended before it was whole",
            "nothing: the plugin looks whether the call was carried out before it repeats it";
        AnswerUnreadable: "GW-0207", "the answer is not HTTP",
            "check that the endpoint in the connection file is the service and not something else on its port";
        AnswerTooLarge: "GW-0208", "the answer is larger than the plugin may take in",
            "raise limits.response-bytes and limits.memory-bytes of the connection";
        ProxyNotReached: "GW-0209", "the proxy cannot be reached",
            "check gateway.proxy in the connection file, and that the proxy is running";
        ProxyCredentialRefused: "GW-0210", "the proxy wants a user name and password, or others than it was given",
            "set gateway.proxy-authorization in the connection file, or correct what it points to";
        ProxyRefused: "GW-0211", "the proxy does not make a tunnel to the upstream",
            "allow CONNECT to the hosts of the endpoints, port 443, in the proxy; if it does, look at its log";
        RefreshTokenRefused: "GW-0401", "Amazon refuses the refresh token",
            "authorise the application again in Seller Central and store the new token where amazon.refresh-token points";
        ClientRefused: "GW-0402", "Amazon refuses the application's client id or secret",
            "check amazon.client-id and amazon.client-secret; the secret has to be rotated every 180 days";
        TokenRequestRefused: "GW-0403", "Amazon refuses the request for an access token",
            "read the reason in the message, and check that amazon.token-endpoint is the right one";
        DocumentLinkUnknown: "GW-0404", "no link to this document is kept",
            "nothing: links are good for five minutes and do not outlive the process; the plugin asks Amazon for a new one";
        TokenEndpointUnreachable: "GW-0501", "Amazon's token endpoint cannot be reached",
            "check amazon.token-endpoint, the network and the firewall; the event is tried again";
        TokenEndpointBusy: "GW-0502", "Amazon's token endpoint is out of order or asks for patience",
            "nothing: the event is tried again";
        TokenAnswerUnreadable: "GW-0503", "Amazon's token endpoint gives an answer that is not a token",
            "check that amazon.token-endpoint is the right one and that no proxy answers in its place";
        UsagePlanSpent: "GW-0504", "the usage plan of the operation is spent for now",
            "nothing: the event is delivered again when there is quota; if it lasts, ask less often for the same";
        UpstreamResting: "GW-0505", "the upstream failed again and again and gets time to recover",
            "look at the service's status page; a probe finds out by itself when it is back, and the events follow";
    }
}

#[cfg(test)]
mod tests {
    use super::GatewayCode;

    #[test]
    fn the_catalogue_is_well_formed() {
        let entries: Vec<_> =
            GatewayCode::all().iter().map(|code| (code.code(), code.title(), code.remedy())).collect();
        crate::code::tests::check_catalogue("GW-", &entries);
    }
}
