//! Is the server exact to the specification? graphql-js 16 is the oracle.
//!
//! Needs Node.js and `npm ci --prefix tests/conformance/oracle`.

mod differential;
mod generator;
mod oracle;
mod server;
mod toy;
