//! From which address a request comes.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client: that of the connection, or what the trusted proxies in front of the server say it is.
pub fn address(parts: &Parts, trusted_proxies: u8) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(client(peer.ip(), &parts.headers, trusted_proxies.into()).to_canonical())
}

/// Every proxy adds the address that it saw at the end of the header, so the n-th from the end was seen by the outermost
/// of n trusted ones. Whatever stands before it may be made up.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: usize) -> IpAddr {
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let seen: Vec<_> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let by_trusted = &seen[seen.len().saturating_sub(trusted)..];
    by_trusted.first().and_then(|text| text.parse().ok()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(values: &[&str], trusted: usize) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, value.parse().expect("a header"));
        }
        client(IpAddr::from([10, 0, 0, 1]), &headers, trusted).to_string()
    }

    #[test]
    fn the_header_is_not_believed_unless_a_proxy_is_trusted() {
        assert_eq!(told(&["192.0.2.7"], 0), "10.0.0.1");
        assert_eq!(told(&[], 1), "10.0.0.1");
    }

    #[test]
    fn what_a_client_makes_up_stands_before_what_proxies_saw() {
        assert_eq!(told(&["203.0.113.9, 192.0.2.7"], 1), "192.0.2.7");
        assert_eq!(told(&["203.0.113.9", "192.0.2.7, 10.0.0.2"], 2), "192.0.2.7");
        assert_eq!(told(&["2001:db8::7"], 2), "2001:db8::7", "the outer proxy is the first to see the client");
        assert_eq!(told(&["192.0.2.7, unknown"], 1), "10.0.0.1");
    }
}
