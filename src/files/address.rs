//! Addresses that are permits: what they allow, and until when, stands in them under the server's signature.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::signing::{Purpose, Signer};

/// What an address allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// To send the bytes of an upload, once.
    Send {
        /// The upload.
        upload_id: Uuid,
    },
    /// To fetch a file, if the account still may see it then.
    Fetch {
        /// The file.
        file_id: Uuid,
        /// For whom the address was made.
        account_id: Uuid,
    },
}

impl Grant {
    /// The address, below the server's public one.
    #[must_use]
    pub fn address(self, public_url: &str, signer: &Signer, until: Timestamp) -> String {
        let (folder, mut bytes) = match self {
            Self::Send { upload_id } => ("uploads", [&b"S"[..], upload_id.as_bytes()].concat()),
            Self::Fetch { file_id, account_id } => {
                ("files", [&b"F"[..], file_id.as_bytes(), account_id.as_bytes()].concat())
            }
        };
        bytes.extend(until.timestamp_millis().to_be_bytes());
        format!("{}/{folder}/{}", public_url.trim_end_matches('/'), signer.sign(Purpose::File, &bytes))
    }

    /// What the token of an address allows; `None` if it was never signed, was changed, or is over.
    #[must_use]
    pub fn open(token: &str, signer: &Signer, now: Timestamp) -> Option<Self> {
        let bytes = signer.open(Purpose::File, token)?;
        let (grant, until) = bytes.split_last_chunk::<8>()?;
        if i64::from_be_bytes(*until) <= now.timestamp_millis() {
            return None;
        }
        match grant.split_first()? {
            (b'S', id) => Some(Self::Send { upload_id: Uuid::from_slice(id).ok()? }),
            (b'F', ids) => {
                let (file_id, account_id) = ids.split_first_chunk::<16>()?;
                let account_id = Uuid::from_slice(account_id).ok()?;
                Some(Self::Fetch { file_id: Uuid::from_bytes(*file_id), account_id })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const NOW: Timestamp = Timestamp::from_timestamp_nanos(1_790_000_000_000_000_000);

    #[test]
    fn an_address_holds_until_its_instant() {
        let signer = Signer::new(&[7; 32]);
        let until = NOW + TimeDelta::minutes(5);
        let send = Grant::Send { upload_id: Uuid::from_u128(1) };
        let fetch = Grant::Fetch { file_id: Uuid::from_u128(1), account_id: Uuid::from_u128(2) };
        for (grant, folder) in [(send, "uploads"), (fetch, "files")] {
            let address = grant.address("https://jobs.example/", &signer, until);
            let token = address.strip_prefix(&format!("https://jobs.example/{folder}/")).expect("its folder");
            assert_eq!(Grant::open(token, &signer, NOW), Some(grant));
            assert_eq!(Grant::open(token, &signer, until - TimeDelta::milliseconds(1)), Some(grant));
            assert_eq!(Grant::open(token, &signer, until), None);
            assert_eq!(Grant::open(token, &Signer::new(&[8; 32]), NOW), None);
            assert_eq!(Grant::open(&token[1..], &signer, NOW), None);
        }
        assert_eq!(Grant::open("", &signer, NOW), None);
        assert_eq!(Grant::open(&signer.sign(Purpose::File, b"short"), &signer, NOW), None);
    }
}
