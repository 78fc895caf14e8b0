//! Is the server exact to the specification? graphql-js 16 is the oracle.
//!
//! Needs Node.js and `npm ci --prefix tests/conformance/oracle`.

mod attacks;
mod differential;
mod generator;
mod guard;
mod http;
mod oracle;
mod server;
mod toy;
