//! The operations that clients send, as they stand in `tests/contract`.
