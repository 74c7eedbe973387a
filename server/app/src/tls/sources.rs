//! TLS room: how many connections come from where, so that one source cannot take every place.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// Counts open connections per source.
#[derive(Clone)]
pub(super) struct Sources {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    limit: usize,
}

/// A place taken by a source; dropping it gives the place back.
pub(super) struct SourcePermit {
    sources: Sources,
    source: IpAddr,
}

impl Sources {
    pub(super) fn new(limit: usize) -> Self {
        Self { open: Arc::default(), limit }
    }

    /// Takes a place; `None` when this source has all of its places.
    pub(super) fn enter(&self, address: IpAddr) -> Option<SourcePermit> {
        let source = network(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(source).or_insert(0);
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(SourcePermit { sources: self.clone(), source })
    }
}

impl Drop for SourcePermit {
    fn drop(&mut self) {
        let mut open = self.sources.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.source);
            }
        }
    }
}

/// One IPv4 address, or one IPv6 network of 64 bits: whoever has one address there has them all.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64)),
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_its_places_and_no_more() {
        let sources = Sources::new(2);
        let first = sources.enter("10.0.0.1".parse().unwrap());
        let _second = sources.enter("::ffff:10.0.0.1".parse().unwrap()).unwrap();
        assert!(sources.enter("10.0.0.1".parse().unwrap()).is_none());
        assert!(sources.enter("10.0.0.2".parse().unwrap()).is_some());
        drop(first);
        assert!(sources.enter("10.0.0.1".parse().unwrap()).is_some());
    }

    #[test]
    fn a_home_network_counts_as_one_source() {
        let sources = Sources::new(1);
        let _one = sources.enter("2001:db8::1".parse().unwrap()).unwrap();
        assert!(sources.enter("2001:db8::2".parse().unwrap()).is_none());
        assert!(sources.enter("2001:db8:0:1::2".parse().unwrap()).is_some());
    }
}
