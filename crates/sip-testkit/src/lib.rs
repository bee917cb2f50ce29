//! Test material for the crates of Trapezoid: what they are compared with and what they are fed.
//!
//! | module | what it holds |
//! |---|---|
//! | [`oracle`] | the grammar of RFC 3261 §7 and §25, written plainly in nom: slow, and easy to check |
//! | [`value`] | the owned structures that the oracle returns and that the strategies promise |
//! | [`strategy`] | proptest strategies: valid values, messages and streams, each with its expected structure |
//! | [`attacks`] | hostile input of any size, and all that an element does with it |
//! | [`mutate`] | byte edits that turn a valid message into a nearly valid one |
//! | [`corpus`] | the files of `testdata/` and the table of what each torture message must do |
//! | [`facts`] | the assertions of that table (`via[0].branch = …`) answered by the oracle |
//! | [`pcap`] | captures as files have them |
//! | [`simulation`] | a network and a clock made of a seed, and elements that talk over it |
//! | [`fuzzing`] | the bodies of the fuzz targets |
//!
//! All but [`fuzzing`], [`simulation`], [`stage`], [`telephony`] and [`attacks::withstand`] works on bytes and knows none of the crates
//! under test. It is not published.

#![forbid(unsafe_code)]

pub mod attacks;
pub mod corpus;
pub mod facts;
pub mod fuzzing;
pub mod mutate;
pub mod oracle;
pub mod pcap;
pub mod simulation;
pub mod stage;
pub mod strategy;
pub mod telephony;
pub mod value;

/// The example of the project's README, compiled and run by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct ReadmeExamples;

/// Those of sip-message's README.
#[cfg(doctest)]
#[doc = include_str!("../../sip-message/README.md")]
struct MessageReadmeExamples;

/// Those of sip-transaction's README.
#[cfg(doctest)]
#[doc = include_str!("../../sip-transaction/README.md")]
struct TransactionReadmeExamples;

/// Those of sip-dialog's README.
#[cfg(doctest)]
#[doc = include_str!("../../sip-dialog/README.md")]
struct DialogReadmeExamples;

/// Those of sip-capture's README.
#[cfg(doctest)]
#[doc = include_str!("../../sip-capture/README.md")]
struct CaptureReadmeExamples;

/// Those of the guide to putting a crate into a program.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/EMBEDDING.md")]
struct EmbeddingExamples;
